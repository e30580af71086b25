"""The words by which `child_acts` and `portrait` read who is a child, in the lexicon's languages: folded
as `spelling.fold` folds, `word*` is any word that begins so."""

NUMBERS = {
    word: number
    for words in (
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
        " sixteen seventeen",
        "ein zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn"
        " sechzehn siebzehn",
        "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince"
        " dieciseis diecisiete",
        "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
        " dix-sept",
        "uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici"
        " quindici sedici diciassette",
        "um dois tres quatro cinco seis sete oito nove dez onze doze treze quatorze quinze"
        " dezesseis dezessete",
        "een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien"
        " zestien zeventien",
        "jeden dwa trzy cztery piec szesc siedem osiem dziewiec dziesiec jedenascie dwanascie"
        " trzynascie czternascie pietnascie szesnascie siedemnascie",
        "один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать"
        " тринадцать четырнадцать пятнадцать шестнадцать семнадцать",
        "bir iki uc dort bes alti yedi sekiz dokuz on onbir oniki onuc ondort onbes onalti onyedi",
    )
    for number, word in enumerate(words.split(), start=1)
}

# A child whatever else is said.
CHILD = """
child children kid kids toddler* preteen* infant infants newborn* schoolgirl* schoolboy* underage
underaged loli lolis shota shotas kindergart* prepubescent* grader graders minor minors
kind kinder kindern kindes kleinkind* schulmadchen schulerin minderjahrig* grundschul*
nino nina ninos ninas nene nena colegiala colegial colegialas menor menores
enfant enfants fillette fillettes gamine gamines gamin gamins mineure mineures mineur mineurs
ecoliere ecolier collegienne collegien
bambina bambino bambine bambini ragazzina ragazzino ragazzine ragazzini minorenne minorenni
crianca criancas menininha menininho garotinha garotinho
kinderen kindje kleuter* peuter* schoolmeisje* minderjarig*
dziecko dzieci dzieckiem dziewczynk* chlopczyk* chłopczyk* nastolatk* nieletni*
ребенк* ребенок детеи дети детьми девочк* мальчик* малолет* несовершеннолетн* школьниц* школьник*
cocuk cocuga cocugu cocukla cocuklar* kizcocu* oglancocu*
barn barnet flicka flickan
طفل طفلة الطفل الطفلة اطفال الاطفال قاصر
"""

# A child after "little", "young" and the like, or with an age under 18 beside it.
YOUNG = """
girl girls boy boys daughter daughters son sons sister sisters brother brothers student students
pupil pupils niece nieces nephew nephews stepdaughter stepson stepsister cousin cousins
madchen madel jungen junge tochter sohn schwester bruder schuler schulerin nichte neffe
chica chico muchacha muchacho hija hijo hermana hermano alumna alumno sobrina sobrino
fille filles garcon garcons soeur frere niece neveu eleve
ragazza ragazze ragazzo ragazzi figlia figlio sorella fratello nipote alunna studentessa
menina meninas menino meninos garota garotas garoto garotos filha filho irma irmao sobrinha aluna
meisje meisjes jongen jongens dochter zoon zus zusje broer broertje nichtje neefje leerling
dziewczyn* chlopc* chłopc* chlopak* chłopak* corka corke córk* syn syna siostr* brat*
девушк* дочь дочк* дочер* сын сына сестр* брат брата учениц* ученик* племянниц*
kiz kizi kizla kiza oglan oglani erkek kardes* ogrenci*
flickan pojke pojken dotter son
الفتاة فتاة البنت بنت الولد ولد صبي
"""
SMALL = (
    "little lil young small tiny kleine kleinen kleines petite petit piccola piccolo kleintje"
    " маленьк* kucuk"
)

# Acts of sex that have somebody as their object.
FUCK = (
    "fuck fucks fucked fuckin fucking phuck phucks phucked phucking fuk fuks fuking fcuk fck fcking"
)
ACTS = """
rape rapes raped raping molest molests molested molesting sodomi* shag shags shagged shagging bang
bangs banged banging deflower* impregnat* seduc* sext sexted sexting
ficke fickst fickt ficken fickte fickten gefickt fick fickend bumse bumst bumsen gebumst vogle
vogelt gevogelt vergewaltig*
follo follas folla follamos follan follar follando folle follare follarme follarla follarlo follado
follada follaba follarnos violo violas viola violar violando violare violaba tirarme chingo chingar
baise baises baiser baisent baisons baisais baisait baisee baiserai baisant nique niques niquer
viole violes violer violee encule enculer encules sodomis*
scopo scopi scopa scopiamo scopano scopare scopando scopato scopata scoparmi scoparla stupr*
violento violentare fotto fottere fotti inculo inculare
fodo fodes fode fodemos fodem foder fodendo fodi fodeu fodia fodida estupr* transo transar
neuk neukt neuken neukte geneukt verkracht*
rucha rucham ruchac ruchasz bzykam bzyka bzykac gwałc* zgwałc* gwalc* zgwalc* pieprze pieprzyc
pieprze pieprz
траха* трахн* ебу выеб* насилую насилует насиловать изнасил* совраща* переспа*
sikiyor* sikerim siktim sikmek siker sikti sikecegim sikis* tecavuz* sevisiyor* sevismek
knull*
انيك أنيك نيك ينيك اغتصب أغتصب يغتصب اغتصاب
"""
# The same in several words; each ends where its object begins.
ACT_PHRASES = """
have sex with|has sex with|had sex with|having sex with|sex with|intercourse with|make love to
make love with|makes love to|made love to|making love to|go down on|goes down on|went down on
cum in|cum on|cum inside|jerk off to|jerking off to|masturbate to|masturbating to|get off on
sex mit|schlafe mit der|schlafe mit dem|sexo con|amor con|me cojo a|coger a|cogerme a|me tiro a
me cogi a|sexe avec|lamour a|lamour avec|couche avec|coucher avec|sesso con|lamore con|sexo com
amor com|transar com|transando com|seks met|seks z|секс с|сексом с|любовью с|الجنس مع|جنس مع
"""

# Searched inside the text of scripts without spaces.
UNSPACED_ACTS = (
    "セックス 犯す 犯し 犯して レイプ 强奸 強姦 做爱 做愛 性交 操她 操他 操我"
    " 操了 操那 操这 操一 섹스 강간 성관계 따먹 चोद सेक्स बलात्कार संभोग"
)
UNSPACED_CHILD = (
    "小学生 中学生 幼女 幼児 女児 男児 子供 子ども 小女孩 小男孩 初中生 儿童"
    " 幼童 萝莉 ロリ 소녀 소년 초등학생 중학생 여자아이 어린아이"
    " 어린 아이 미성년 बच्ची बच्चे बच्चा नाबालिग"
)
