"""English verbs that stemming can't bring together: "met" and "meet"."""

# Each with its forms, the base first.
IRREGULAR_VERBS = tuple(
    tuple(verb.split())
    for verb in (
        "bend bent/bleed bled/breed bred/burn burnt/rebuild rebuilt/seek sought/shine shone/"
        "spell spelt/sweep swept/undergo underwent undergone/undertake undertook undertaken/"
        "weep wept/wind wound/"
        "become became/begin began begun/bite bit bitten/blow blew blown/break broke broken/"
        "bring brought/build built/buy bought/catch caught/choose chose chosen/come came/"
        "deal dealt/dig dug/draw drew drawn/dream dreamt/drink drank drunk/"
        "drive drove driven/eat ate eaten/fall fell fallen/feed fed/feel felt/fight fought/"
        "find found/fly flew flown/forget forgot forgotten/freeze froze frozen/"
        "give gave given/go went gone/grow grew grown/hang hung/hear heard/hide hid hidden/"
        "hold held/keep kept/kneel knelt/know knew known/lay laid/lead led/learn learnt/"
        "leave left/lend lent/lose lost/make made/mean meant/meet met/pay paid/"
        "ride rode ridden/ring rang rung/rise rose risen/run ran/say said/see saw seen/"
        "sell sold/send sent/shake shook shaken/shoot shot/sing sang sung/sink sank sunk/"
        "sit sat/sleep slept/speak spoke spoken/spend spent/stand stood/steal stole stolen/"
        "stick stuck/swear swore sworn/swim swam swum/take took taken/teach taught/"
        "tear tore torn/tell told/think thought/throw threw thrown/understand understood/"
        "wake woke woken/wear wore worn/weave wove woven/win won/write wrote written"
    ).split("/")
)
