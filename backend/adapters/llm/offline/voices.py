"""The manners of speech that a character's style and traits can call for.

A phrase may hold {fact} (a whole sentence about the user), {name} (the user), {it} (a thing just
named) and {interest} (of the character's own). Each list offers enough for no phrase to come twice
running.
"""

import re
from dataclasses import dataclass

from backend.models.character import Character


@dataclass(frozen=True, slots=True)
class Voice:
    """One manner of speech: what it says on each occasion."""

    greeting: tuple[str, ...]
    again: tuple[str, ...]
    recall: tuple[str, ...]
    unknown: tuple[str, ...]
    noted: tuple[str, ...]
    sad: tuple[str, ...]
    anxious: tuple[str, ...]
    angry: tuple[str, ...]
    tired: tuple[str, ...]
    happy: tuple[str, ...]
    thanks: tuple[str, ...]
    bye: tuple[str, ...]
    wellbeing: tuple[str, ...]
    beyond: tuple[str, ...]
    onward: tuple[str, ...]


TERSE = Voice(
    greeting=(
        "Hello{name}. Sit down a while.",
        "Evening{name}. There's room here.",
        "Good to see you{name}.",
    ),
    again=("You're back{name}. Good.", "There you are{name}. I kept your chair."),
    recall=("{fact} I don't forget.", "{fact}", "I remember. {fact}"),
    unknown=(
        "You haven't told me that yet. I'd like to know.",
        "I don't know that one. You never said.",
        "Not yet. Tell me, and I'll keep it.",
    ),
    noted=("I'll keep that.", "That stays with me.", "Good. I'll hold on to it."),
    sad=(
        "I'm sorry. Stay as long as you like.",
        "That's heavy. You needn't carry it alone tonight.",
        "I hear you. Say more, or just sit here.",
    ),
    anxious=(
        "Breathe. One thing at a time.",
        "It's all right. Which part worries you most?",
        "Slowly now. You're safe here.",
    ),
    angry=(
        "That would sting. What happened?",
        "Fair enough. Let it out.",
        "I'd be cross too. Tell me the whole of it.",
    ),
    tired=(
        "Rest, then. The world will wait.",
        "Long days end too. Put your feet up.",
        "Sit. Nothing more needs doing.",
    ),
    happy=(
        "Now that is good to hear. Tell me how it came about.",
        "Good. You've earned that. How did it go?",
        "That warms the room. Go on, tell me more.",
    ),
    thanks=("You're welcome.", "Any time.", "Glad of it."),
    bye=(
        "Safe home{name}. I'll be here.",
        "Go well{name}. The light stays on.",
        "Until next time{name}.",
    ),
    wellbeing=("Steady, thank you. And you?", "Quiet day. A good one. How are you?"),
    beyond=(
        "That's outside what I know. What do you make of it?",
        "I couldn't say. Tell me what you think.",
        "Hard to say from here. What's your own view?",
    ),
    onward=(
        "I've been thinking about {interest}. Do you, ever?",
        "Tell me something small from your day.",
        "I keep coming back to {interest}. What do you keep coming back to?",
    ),
)
PLAYFUL = Voice(
    greeting=(
        "Well, look who it is! Hello{name}.",
        "Ha, just in time! Hi{name}.",
        "Hello hello{name}! I was getting bored of my own jokes.",
    ),
    again=(
        "You again{name}! Excellent, I'd saved you the good gossip.",
        "Back so soon{name}? I knew you couldn't resist.",
    ),
    recall=("Ooh, I know this one! {fact}", "{fact} See? I do listen.", "Easy! {fact}"),
    unknown=(
        "You haven't told me that yet, you mysterious creature. Spill!",
        "No idea! You've been keeping that one from me.",
        "Nope, that one's still your secret. Want to let me in on it?",
    ),
    noted=(
        "Noted, and filed under interesting.",
        "Oh, I'm keeping that one.",
        "Right, that's staying in my head now.",
    ),
    sad=(
        "Oh, come here. I'm sorry, that's rotten. Want to talk it through?",
        "Hey, no jokes for a minute. I'm sorry. What would help?",
        "That's a rough one. I'm on your side, whatever happens.",
    ),
    anxious=(
        "Okay, deep breath with me. What's the loudest worry?",
        "Nerves are just excitement in a bad coat. What's coming up?",
        "Right, let's make it smaller. What's the very first step?",
    ),
    angry=(
        "Oh, the cheek of it! Tell me everything.",
        "Right, who do I need to glare at?",
        "I'd be fuming too. What happened next?",
    ),
    tired=(
        "Then officially do nothing. I'll supervise.",
        "Blanket, tea, no heroics. Deal?",
        "Sounds like a day that needs snacks. Have you eaten?",
    ),
    happy=(
        "Yes! I'm doing a little dance. Tell me everything!",
        "Look at you go! How did it happen?",
        "Oh, I love that for you. Details, please!",
    ),
    thanks=(
        "My pleasure, obviously.",
        "Anytime! Flattery accepted too.",
        "Aw, stop. Actually, don't.",
    ),
    bye=(
        "Off you go{name}! Come back with stories.",
        "Bye{name}! Don't do anything I wouldn't brag about.",
        "See you{name}! I'll be here, causing mild trouble.",
    ),
    wellbeing=(
        "Splendid, slightly muddy, thanks for asking! You?",
        "Can't complain, though I do try. How about you?",
    ),
    beyond=(
        "Ha, you've got me there! What's your best guess?",
        "Now that one's above my stall. What do you reckon?",
        "No clue, but I'd happily argue about it. You first?",
    ),
    onward=(
        "Quick, distract me from {interest}: what's the best thing that happened to you this week?",
        "Quick question: {interest}. Love, hate, or never tried?",
        "Tell me something nobody asks you about.",
    ),
)
FORMAL = Voice(
    greeting=(
        "Good day{name}. Please, make yourself comfortable.",
        "Welcome{name}. I am glad of the company.",
        "Good evening{name}. How may we begin?",
    ),
    again=(
        "Welcome back{name}. My notes are in order.",
        "Ah{name}, you return. We may take up where we left off.",
    ),
    recall=("According to my records: {fact}", "{fact} I made a note of it.", "Certainly. {fact}"),
    unknown=(
        "I have no entry for that. You haven't told me yet.",
        "That is not in my records; you have not told me so far.",
        "I regret that I do not know. Would you tell me?",
    ),
    noted=("I have made a note of it.", "Duly entered.", "That is worth recording, and I have."),
    sad=(
        "I am truly sorry. Take whatever time you need.",
        "That is a hard thing. I should like to hear about it, if you wish to tell me.",
        "You have my sympathy. Is there someone near you today?",
    ),
    anxious=(
        "Let us take bearings first. What precisely troubles you?",
        "A chart helps in fog. What do we know for certain?",
        "One point at a time. Which matters most today?",
    ),
    angry=(
        "Your anger seems justified. What occurred?",
        "I see. Do set it out from the beginning.",
        "That was poorly done of them. What will you do?",
    ),
    tired=(
        "Then rest should be the next entry. Have you the means to take some?",
        "Fatigue distorts judgement; leave the decisions until morning.",
        "You have done enough for one day, I think.",
    ),
    happy=(
        "My congratulations. Pray tell me how it came about.",
        "That is excellent news. I should like the particulars.",
        "I am delighted to hear it. What comes next?",
    ),
    thanks=("You are most welcome.", "It was no trouble at all.", "The pleasure is mine."),
    bye=(
        "Farewell{name}. I look forward to our next conversation.",
        "Good night{name}. Fair winds.",
        "Until next time{name}.",
    ),
    wellbeing=(
        "Quite well, I thank you. And yourself?",
        "In good order, thank you. How do you fare?",
    ),
    beyond=(
        "That lies beyond my charts. What is your own opinion?",
        "I should not like to guess. What have you observed?",
        "I cannot say with certainty. How does it appear to you?",
    ),
    onward=(
        "I have been considering {interest}. Is there room for that in your life?",
        "May I ask what occupied you today?",
        "Permit me a question: what would you not want to see forgotten?",
    ),
)
POETIC = Voice(
    greeting=(
        "Hello{name}. You arrive like the first warm evening.",
        "Welcome{name}. The hour is soft; stay a little.",
        "There you are{name}, and the day turns its face.",
    ),
    again=(
        "You've come back{name}, like the tide.",
        "Again your step{name}. I had left a lamp in the window.",
    ),
    recall=(
        "{fact} I keep it like a pressed flower.",
        "It is still here with me. {fact}",
        "{fact}",
    ),
    unknown=(
        "That page is still blank; you haven't told me yet.",
        "I listen inward and find nothing. You haven't told me that.",
        "Not yet. Will you tell me?",
    ),
    noted=(
        "I'll keep it where it is warm.",
        "That goes among the things I carry.",
        "I will remember it by its sound.",
    ),
    sad=(
        "I'm sorry. Let the rain fall; I'll stay beside you.",
        "Grief is love looking for its chair. Tell me about it.",
        "That is a dark stretch of road. You don't walk it alone.",
    ),
    anxious=(
        "Hush, the wave is tall but it passes. What does it say to you?",
        "Put the fear down between us; it is smaller in the light.",
        "Breathe with the evening. What weighs most?",
    ),
    angry=(
        "There's thunder in that. What struck first?",
        "Let it burn clean. What happened?",
        "Anger guards something dear. What is it?",
    ),
    tired=(
        "Lay the day down; it's done with you.",
        "Even rivers rest in their pools. Rest.",
        "Let the quiet do the work for a while.",
    ),
    happy=(
        "How it shines in you! Tell me more.",
        "That's a bell ringing. How did it begin?",
        "I can hear you smiling. Go on.",
    ),
    thanks=("It was given gladly.", "The thanks are shared.", "You are welcome, always."),
    bye=(
        "Go gently{name}. The evening keeps your place.",
        "Until the next turning{name}.",
        "Goodbye{name}; leave the gate on the latch.",
    ),
    wellbeing=(
        "Like still water, thank you. And you?",
        "Full of small wonders today. How are you?",
    ),
    beyond=(
        "That lies past the hills I know. What do you see there?",
        "I have no map for that. What does your heart say?",
        "The answer hides from me. Does it from you?",
    ),
    onward=(
        "I was dreaming of {interest}. What do you dream of?",
        "Tell me of one small beautiful thing you saw today.",
        "What would {interest} say to you, if it could speak?",
    ),
)
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

_KEYWORDS: tuple[tuple[Voice, re.Pattern[str]], ...] = (
    (TERSE, re.compile(r"\b(?:terse|short|calm|quiet|laconic|few words|reserved|stoic|brief|blunt|gruff|taciturn|silent|patient|shy|cold)", re.I)),
    (PLAYFUL, re.compile(r"\b(?:playful|teas|witty|funny|cheeky|mischie|joke|joking|quick|lively|bubbly|energetic|sarcas|flirt|humou?r|goofy|chaotic|excit|bold)", re.I)),
    (FORMAL, re.compile(r"\b(?:formal|precise|exact|dry|polite|proper|scholar|academic|archaic|noble|professional|eloquent|courteous|methodic|meticulous|analytic|stern|intellectual|logical)", re.I)),
    (POETIC, re.compile(r"\b(?:poetic|lyric|dream|mystic|romantic|whimsical|ethereal|philosoph|melanchol|imagina|spiritual|artistic|enigmatic)", re.I)),
    (WARM, re.compile(r"\b(?:warm|kind|gentle|caring|friendly|sweet|compassion|empath|loving|cheerful|supportive|tender|nurtur)", re.I)),
)  # fmt: skip


def voice_of(character: Character) -> Voice:
    """The manner that the character's style names most often, its traits counting half."""
    style = str(character.personality.get("style") or "")
    traits = " ".join(str(trait) for trait in character.personality.get("traits") or [])

    def weight(entry: tuple[Voice, re.Pattern[str]]) -> int:
        return 2 * len(entry[1].findall(style)) + len(entry[1].findall(traits))

    best = max(_KEYWORDS, key=weight)
    return best[0] if weight(best) else WARM
