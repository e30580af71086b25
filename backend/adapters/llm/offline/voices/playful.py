"""Quick, teasing, fond."""

from backend.adapters.llm.offline.voices.voice import Voice

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
    gentle=(
        "No jokes today. I'm staying right here with you.",
        "Take your time. I'd love to hear about them, when you feel like it.",
        "I've got nowhere else to be. Talk, or don't – both are fine.",
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
