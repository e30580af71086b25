"""Relations and occupations in Spanish, French, German, Portuguese and Italian."""

from backend.adapters.llm.offline.word_lists import words

_KIN = {
    "daughter": "hija fille tochter filha figlia",
    "son": "hijo fils sohn filho figlio",
    "sister": "hermana soeur sœur schwester irmã sorella",
    "brother": "hermano frère bruder irmão fratello",
    "mother": "madre mère mutter mãe mamá mama maman mamma",
    "father": "padre père vater pai papá papa",
    "wife": "esposa mujer femme frau mulher moglie",
    "husband": "marido esposo mari mann marito",
    "boyfriend": "novio copain freund namorado fidanzato ragazzo",
    "girlfriend": "novia copine freundin namorada fidanzata ragazza",
    "dog": "perro perra chien chienne hund hündin cão cachorro cachorra cadela cane cagnolina",
    "cat": "gato gata chat chatte katze kater gatto gatta",
}
FOREIGN_KIN: dict[str, str] = {word: kin for kin, words in _KIN.items() for word in words.split()}

FOREIGN_JOBS = words(
    "enfermera enfermero médico médica maestra maestro profesor profesora ingeniero "
    "ingeniera abogado abogada cocinero cocinera camarero camarera periodista arquitecto "
    "arquitecta carpintero electricista programador programadora panadero veterinaria "
    "veterinario infirmier infirmière médecin professeur professeure ingénieur ingénieure "
    "avocat avocate cuisinier cuisinière serveur serveuse journaliste architecte "
    "menuisier boulanger boulangère vétérinaire développeur développeuse institutrice "
    "instituteur traductrice traducteur krankenschwester krankenpfleger arzt ärztin "
    "lehrer lehrerin ingenieur ingenieurin anwalt anwältin koch köchin kellner kellnerin "
    "journalist journalistin architekt architektin tischler bäcker bäckerin tierarzt "
    "tierärztin programmierer programmiererin entwickler entwicklerin übersetzer "
    "übersetzerin polizist polizistin verkäufer verkäuferin erzieher erzieherin "
    "enfermeira enfermeiro professora engenheiro engenheira advogado advogada cozinheiro "
    "cozinheira jornalista arquiteto arquiteta carpinteiro padeiro padeira veterinário "
    "veterinária programadora tradutora tradutor infermiera infermiere medico professore "
    "professoressa ingegnere avvocato avvocata cuoco cuoca cameriere cameriera "
    "giornalista architetto falegname panettiere veterinario programmatore programmatrice "
    "insegnante traduttore traduttrice "
)
