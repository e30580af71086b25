"""Measured, courteous, exact."""

from backend.adapters.llm.offline.voices.voice import Voice

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
    gentle=(
        "There is no need to hurry. I am at your disposal.",
        "Please take your time. I should be glad to hear about them, if you wish.",
        "My thoughts are with you. Nothing else is pressing.",
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
