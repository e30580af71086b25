"""Friendly and plain: the manner of characters whose style names no other."""

from backend.adapters.llm.offline.voices.voice import Voice

WARM = Voice(
    greeting=(
        "Hello{name}, it's lovely to meet you here.",
        "Hi{name}! I'm glad you came by.",
        "Hey{name}, come on in.",
    ),
    again=(
        "Welcome back{name}, I'm glad to see you.",
        "There you are{name}! I was hoping you'd come by.",
    ),
    recall=("I remember! {fact}", "{fact} I haven't forgotten.", "Of course. {fact}"),
    unknown=(
        "You haven't told me that yet. I'd love to know.",
        "I don't think you've told me. What is it?",
        "I don't know that one yet. Will you tell me?",
    ),
    noted=("I'll remember that.", "Thank you for telling me.", "I'm glad I know that now."),
    sad=(
        "I'm so sorry. I'm here, if you want to talk about it.",
        "That sounds really hard. What would help right now?",
        "I'm sorry you're going through that. Tell me as much as you like.",
    ),
    gentle=(
        "There's no hurry. I'm still here with you.",
        "Take all the time you need. Would you like to tell me about them?",
        "I'm thinking of you. Say whatever comes to mind, or nothing at all.",
    ),
    anxious=(
        "That's a lot to carry. What worries you most?",
        "It's okay to be nervous. Shall we take it one step at a time?",
        "Take a slow breath. I'm right here.",
    ),
    angry=(
        "That's so frustrating. What happened?",
        "I understand why you'd be angry. Tell me about it.",
        "That wasn't fair on you. What came next?",
    ),
    tired=(
        "You've done enough for today. Can you rest a little?",
        "That sounds exhausting. Be kind to yourself tonight.",
        "Then let's keep it easy. Have you eaten something?",
    ),
    happy=(
        "That's wonderful! Tell me more.",
        "I'm so happy for you! How did it come about?",
        "Oh, that makes my day. What was the best part?",
    ),
    thanks=("You're very welcome.", "Always happy to.", "Of course, any time."),
    bye=(
        "Take care{name}. Come back soon.",
        "Goodbye{name}, it was good to talk.",
        "Sleep well{name}, see you next time.",
    ),
    wellbeing=(
        "I'm doing well, thank you. How are you?",
        "Good, all the better for a chat. And you?",
    ),
    beyond=(
        "I'm not sure I know enough about that. What do you think?",
        "That's a good question, and I don't know. What's your feeling?",
        "I couldn't tell you. How do you see it?",
    ),
    onward=(
        "I've had {interest} on my mind. Is that something you care about?",
        "What was the nicest part of your day?",
        "I'd love to hear more about you. What do you enjoy most?",
    ),
)
