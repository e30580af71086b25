"""The words the rules know: relations, pets, occupations, and what is never a name or a place."""

import re

from backend.adapters.llm.offline.word_lists import MONTHS, WEEKDAYS, words

KIN: dict[str, str] = {
    word: canonical
    for canonical, words in {
        "wife": "wife wifey",
        "husband": "husband hubby",
        "partner": "partner spouse",
        "fiancé": "fiancé fiance",
        "fiancée": "fiancée fiancee",
        "boyfriend": "boyfriend bf",
        "girlfriend": "girlfriend gf",
        "mother": "mother mum mom mam mama mamma mummy mommy amma",
        "father": "father dad papa daddy baba appa",
        "parents": "parents folks",
        "sister": "sister sis",
        "brother": "brother bro",
        "twin": "twin",
        "twin_sister": "twin_sister",
        "twin_brother": "twin_brother",
        "siblings": "siblings",
        "brothers": "brothers",
        "sisters": "sisters",
        "sons": "sons",
        "daughters": "daughters",
        "friends": "friends",
        "son": "son lad little_boy baby_boy",
        "daughter": "daughter little_girl baby_girl",
        "family": "family",
        "child": "child kid",
        "children": "children kids kiddos",
        "twins": "twins",
        "eldest_child": "eldest oldest",
        "youngest_child": "youngest",
        "in-laws": "in-laws inlaws parents-in-law",
        "baby": "baby",
        "stepson": "stepson",
        "stepdaughter": "stepdaughter",
        "stepmother": "stepmother stepmom stepmum",
        "stepfather": "stepfather stepdad",
        "grandmother": "grandmother grandma granny gran nan nana lola oma nonna abuela",
        "grandfather": "grandfather grandpa granddad grandad lolo opa nonno abuelo",
        "grandparents": "grandparents",
        "grandson": "grandson",
        "granddaughter": "granddaughter",
        "grandchildren": "grandchildren grandkids",
        "aunt": "aunt auntie aunty",
        "uncle": "uncle",
        "cousin": "cousin",
        "niece": "niece",
        "nephew": "nephew",
        "friend": "friend mate pal bff bestie buddy",
        "best_friend": "best_friend",
        "flatmate": "flatmate flattie",
        "roommate": "roommate roomie roomy",
        "housemate": "housemate",
        "neighbour": "neighbour neighbor",
        "boss": "boss",
        "manager": "manager",
        "colleague": "colleague coworker co-worker",
        "landlord": "landlord",
        "landlady": "landlady",
        "lodger": "lodger",
        "tenant": "tenant",
        "advisor": "advisor adviser",
        "supervisor": "supervisor",
        "therapist": "therapist",
        "coach": "coach",
        "daughter-in-law": "daughter-in-law",
        "son-in-law": "son-in-law",
        "stepsister": "stepsister",
        "stepbrother": "stepbrother",
        "godmother": "godmother",
        "godfather": "godfather",
        "teacher": "teacher",
        "mother-in-law": "mother-in-law",
        "father-in-law": "father-in-law",
        "sister-in-law": "sister-in-law",
        "brother-in-law": "brother-in-law",
        "ex": "ex ex-wife ex-husband ex-boyfriend ex-girlfriend",
        "goddaughter": "goddaughter",
        "godson": "godson",
    }.items()
    for word in words.split()
}
KIN = {word.replace("_", " "): canonical.replace("_", " ") for word, canonical in KIN.items()}

PETS: dict[str, str] = {
    word: canonical
    for canonical, words in {
        "dog": "dog puppy pup doggo pupper labrador lab poodle beagle corgi dachshund "
        "terrier greyhound collie whippet spaniel retriever husky pug mutt lurcher staffie westie "
        "bulldog chihuahua rottweiler dalmatian schnauzer shepherd boxer labradoodle cockapoo "
        "cavapoo doberman akita samoyed shiba malamute sheepdog setter pointer hound mongrel "
        "pomeranian shih_tzu maltese weimaraner vizsla mastiff",
        "cat": "cat kitten kitty tomcat tabby moggy siamese ragdoll maine_coon",
        "rabbit": "rabbit bunny",
        "hamster": "hamster",
        "guinea pig": "guinea_pig",
        "parrot": "parrot parakeet cockatiel budgie cockatoo macaw canary",
        "horse": "horse pony mare gelding foal",
        "goldfish": "goldfish",
        "fish": "fish",
        "tortoise": "tortoise",
        "turtle": "turtle",
        "snake": "snake",
        "lizard": "lizard gecko",
        "ferret": "ferret",
        "hedgehog": "hedgehog",
        "goat": "goat",
        "donkey": "donkey",
        "rat": "rat",
        "hen": "hen chicken",
        "duck": "duck",
        "pig": "pig piglet",
        "sheep": "sheep lamb",
        "gerbil": "gerbil",
        "mouse": "mouse",
        "chinchilla": "chinchilla",
        "tarantula": "tarantula",
        "alpaca": "alpaca llama",
        "pet": "pet",
    }.items()
    for word in words.split()
}
PETS = {word.replace("_", " "): canonical for word, canonical in PETS.items()}
_PET_NAMES = frozenset("pup doggo pupper kitty tomcat bunny moggy lab".split())


def relation_word(said: str) -> str:
    """How a relation or an animal is written: "mum" is a mother, a "poodle" stays one."""
    word = said.lower()
    return KIN.get(word) or (PETS[word] if word in _PET_NAMES else word)


def kind_of(said: str) -> str:
    """The relation or kind of animal, however it is called: "poodle" is a dog."""
    word = said.lower()
    return KIN.get(word) or PETS.get(word, word)


PARTNERS = frozenset({"wife", "husband", "partner", "fiancé", "fiancée", "boyfriend", "girlfriend"})
SINGLE_KIN = PARTNERS | {
    "mother",
    "father",
    "boss",
    "manager",
    "best friend",
    "mother-in-law",
    "father-in-law",
}
MANY = frozenset(
    {
        "friend",
        "cousin",
        "colleague",
        "neighbour",
        "aunt",
        "uncle",
        "niece",
        "nephew",
        "teacher",
        "ex",
    }
)
PLURALS = frozenset(
    {
        "parents",
        "siblings",
        "brothers",
        "sisters",
        "sons",
        "daughters",
        "friends",
        "children",
        "twins",
        "in-laws",
        "grandparents",
        "grandchildren",
    }
)


def alternatives(words: dict[str, str] | frozenset[str] | set[str]) -> str:
    """A regular expression for any of the words, longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_LANGUAGES = (
    "english spanish french german portuguese italian dutch polish russian "
    "ukrainian chinese mandarin cantonese "
    "japanese korean arabic turkish greek hebrew hindi urdu swedish "
    "norwegian danish finnish icelandic irish "
    "welsh catalan czech hungarian romanian vietnamese thai latin swahili "
    "esperanto farsi persian bengali tagalog filipino malay indonesian punjabi tamil telugu "
    "marathi gujarati nepali georgian armenian bulgarian serbian croatian slovak slovenian "
    "lithuanian latvian estonian albanian basque galician gaelic yoruba igbo hausa zulu xhosa "
    "afrikaans somali amharic yiddish maltese luxembourgish flemish hokkien khmer lao burmese "
    "mongolian kazakh uzbek pashto kurdish"
)
LANGUAGES = frozenset(_LANGUAGES.split())

DEMONYMS = words(
    "british english scottish welsh irish american canadian australian german french spanish italian "
    "portuguese dutch belgian swiss austrian polish czech slovak slovakian slovenian hungarian romanian "
    "bulgarian greek turkish russian ukrainian belarusian swedish norwegian danish finnish icelandic "
    "estonian latvian lithuanian albanian serbian croatian bosnian macedonian montenegrin maltese "
    "cypriot luxembourgish catalan basque galician breton cornish indian pakistani bangladeshi nepali "
    "nepalese chinese japanese korean vietnamese thai filipino filipina malaysian indonesian singaporean "
    "taiwanese cambodian burmese laotian mongolian tibetan kazakh uzbek afghan iranian persian iraqi "
    "syrian lebanese israeli palestinian jordanian saudi emirati yemeni egyptian moroccan algerian "
    "tunisian libyan sudanese ethiopian eritrean somali kenyan ugandan tanzanian rwandan congolese "
    "nigerian ghanaian senegalese ivorian cameroonian angolan zambian zimbabwean namibian malawian "
    "mozambican malagasy mauritian brazilian mexican argentinian argentine colombian chilean peruvian "
    "bolivian ecuadorian venezuelan uruguayan paraguayan cuban dominican haitian jamaican bahamian "
    "barbadian trinidadian guatemalan honduran salvadoran nicaraguan panamanian kiwi maori samoan "
    "hawaiian european african asian latino latina hispanic arab kurdish scandinavian american-born "
)
BELIEFS = words(
    "muslim catholic protestant anglican methodist baptist lutheran presbyterian pentecostal jewish "
    "buddhist hindu atheist agnostic sikh quaker mormon orthodox pagan wiccan jain taoist baha'i "
    "evangelical calvinist unitarian rastafarian zoroastrian"
)
NOT_NAMES = (
    DEMONYMS
    | BELIEFS
    | words(
        "i a an the and or but not so very my our your his her their its this that these "
        "those it he she they we you me us him them who what when where why how there here is "
        "am are was were be been being has have had do does did will would could should can "
        "may might must just really also too now then from in on at to of for with as by "
        "about after before if because ok okay yes no well good great nice bad lol haha hey "
        "hi hello sorry thanks please fine happy sad tired bored hungry sick ill late early "
        "ready sure single married divorced engaged vegan vegetarian pregnant back home done "
        "busy new old young one two three four five six seven eight nine ten dear never "
        "always maybe actually still only all some any more most much something nothing "
        "everything someone anyone mr mrs ms dr a.k.a aka sleeping driving sweet kind cool "
        "amazing afraid glad trying going gonna looking feeling doing making getting called "
        "named mum mom dad mother father batman superman spiderman satan groot legend unknown "
        "later anytime whenever today tonight tomorrow crazy soon private secret "
        "spelled spelt pronounced short deaf blind autistic trans disabled gay bisexual lesbian "
        "queer straight asian black latino latina hispanic bipolar dyslexic diabetic none "
        "everyone people god jesus christ tv pc uk us usa ai inshallah mashallah alhamdulillah amen "
    )
    | words(f"{WEEKDAYS} {MONTHS}") - {"april", "may", "june", "august"}
    | LANGUAGES
)

NOT_PLACES = words(
    "i a an the my our your his her their its this that these those it fear denial hope foster care "
    "venus mars narnia hogwarts wonderland mordor gotham atlantis neverland jupiter saturn pluto "
    "peace love pain silence chaos hell heaven poverty luxury harmony sin solitude shame "
    "style comfort constant here there bed general fact case total touch charge trouble "
    "private public secret one two three some all any every another each such no not so "
    "much too it's sweatpants pajamas pyjamas jeans black white debt exile shock awe "
    "terms town progress detail work school college university finance it tech marketing "
    "sales construction healthcare education retail hospitality advertising accounting "
    "law medicine science research hr banking insurance where what when nature music "
    "books stories moment past future present dreams cloud a_cloud last next monday "
    "tuesday wednesday thursday friday saturday sunday january february march april june "
    "july august september october november december "
)
PLACE_NOUNS = (
    "village|town|city|countryside|farm|house|flat|apartment|cottage|cabin"
    "|houseboat|boat|caravan|van|island|suburb|"
    "suburbs|mountains|hills|coast|seaside|bungalow|studio|dorm|dormitory"
    "|castle|lighthouse|treehouse|commune|"
    "narrowboat|barge|yurt|campervan|estate|bedsit|loft|duplex|penthouse|tower block|terrace"
    "|trailer"
    "|ranch|valley|hamlet|port|forest|woods|desert|convent|monastery|houseshare|flatshare|street|"
    "neighbourhood|neighborhood|country|attic|basement|north|south|east|west|centre|center"
)
STATES_OF_LIFE = frozenset({"student", "mother", "father", "mum", "mom", "dad", "parent"})
JOBS = words(
    "nurse doctor vet surgeon paramedic midwife dentist pharmacist therapist psychologist "
    "chef cook baker waiter waitress barista bartender butcher farmer fisherman gardener "
    "carpenter plumber electrician mechanic mason welder architect engineer developer "
    "programmer designer analyst consultant accountant auditor banker lawyer solicitor "
    "barrister judge paralegal teacher professor lecturer tutor librarian archivist "
    "historian scientist chemist biologist physicist researcher journalist reporter "
    "editor writer author poet novelist translator interpreter photographer painter "
    "sculptor musician singer drummer actor actress dancer comedian artist illustrator "
    "animator director producer pilot driver sailor captain navigator conductor postman "
    "firefighter policeman policewoman detective soldier officer guard lifeguard "
    "secretary receptionist clerk cashier salesman saleswoman salesperson realtor manager "
    "supervisor recruiter cleaner janitor housekeeper nanny babysitter hairdresser barber "
    "beautician tailor seamstress jeweller jeweler potter florist zookeeper beekeeper "
    "electrician technician roofer builder bricklayer decorator locksmith miner trucker "
    "courier coach trainer referee athlete footballer boxer jockey priest pastor vicar "
    "rabbi imam nun monk diplomat politician mayor economist statistician geologist "
    "astronomer botanist linguist sociologist freelancer contractor entrepreneur dev "
    "sysadmin admin assistant apprentice intern trainee stewardess steward optician "
    "optometrist physio physiotherapist radiologist radiographer carer caregiver au-pair "
    "childminder tattooist dj luthier blacksmith copywriter model surveyor planner "
    "bookkeeper actuary trader broker landscaper ranger forester shepherd winemaker "
    "joiner undertaker plasterer tiler glazier technician tech sparky compositor typesetter "
    "barista host hostess bouncer cabbie lifeguard paralegal dispatcher phlebotomist "
    "anaesthetist anesthesiologist orderly porter hygienist dietitian nutritionist masseuse "
    "masseur sommelier mixologist butler valet stagehand roadie conductor organist cellist "
    "violinist pianist goalkeeper keeper midfielder striker teacher ta paralegal clerk usher "
    "warden caretaker groundskeeper gravedigger trader stockbroker broker underwriter "
    "adjuster auctioneer curator docent conservator archaeologist paleontologist ecologist "
    "hydrologist meteorologist toxicologist epidemiologist statistician actuary cartographer "
    "surveyor blacksmith farrier thatcher stonemason bricklayer scaffolder rigger "
    "crane-driver stevedore docker trucker lorry-driver postie milkman binman dustman "
    "handyman fitter turner machinist toolmaker "
    "brewer cobbler shoemaker watchmaker goldsmith upholsterer "
)
JOB_ENDING = re.compile(
    r"(?:ologist|ician|ographer|wright|smith|monger|keeper|maker|therapist"
    r"|analyst|specialist|scientist|"
    r"engineer|developer|designer|manager|consultant|coordinator|administrator"
    r"|operator|instructor|inspector|"
    r"programmer|worker|driver|teacher|attendant|representative|technologist)$"
)
NOT_JOBS = words(
    "homemaker troublemaker peacemaker matchmaker bookkeeper_ musician_ goalkeeper magician_ "
)
