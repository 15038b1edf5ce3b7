"""Words that any mail may have, in English and Dutch: alone they say nothing of what it is about.

As `words_of` gives them: without capitals and diacritics; shorter ones tell nothing anyhow.
"""

_ENGLISH = """
about above after again against also although always another anything anyone around away back
been before being best better between both came cannot come comes could dear didn does doing done
dont down each either else enough even ever every everything find from further gave getting give
given goes going gone good great hadn hasn have haven having hear hello help here hers hope just
keep kind know last later least left less like little long look looking made make many maybe mean
might more most much must myself need never next nothing often once only other others ours over
people perhaps please quite rather really regards right said same seem seems send sent several
shall should since some someone something soon still such sure take tell than thank thanks that
their theirs them themselves then there these they thing things think this those though through
time today together told tomorrow took under until upon used very want wants wasn week well went
were weren what whatever when where whether which while whom whose will wish with within without
won work works would write year yes yesterday your yours yourself
"""
_DUTCH = """
aan achter afgelopen alle alleen alles allemaal allen alvast altijd ander andere anders beetje
ben beste bent beter bij bijna binnen blij boven dacht daar daarna daarom daarvoor dank dankt
danku dankzij denk deze dezelfde doen doet door doen dus echt eens eerder eerst eerste eigen
einde elk elke enig enige erg even gaan gaat gaf geef geen gegaan geleden geval geweest geworden
goed goede graag groet groeten haar hallo hadden hebben hebt heeft hele helemaal help heel hier
hierbij hierover hoeft hoeveel hoor hoort houden iemand iets ieder iedere iedereen inmiddels jaar
jouw jullie juist kan komen komt krijg krijgen krijgt kunnen kunt laat laatste laten later maar
maken maakt mag meer meest meneer mevrouw mezelf mijn mijne minder misschien moest moet moeten
mogelijk mogen morgen naar nadat nemen niemand niet niets nieuwe nodig nogmaals nooit omdat onder
ons onze onder ondertussen onlangs ook opnieuw over overal paar plaats precies reeds samen sinds
slechts snel soms staan staat steeds stuur sturen tegen terwijl tijd toch toen totdat tussen
twee vaak vandaag vanaf vanuit vanwege veel verder vind vinden vindt volgende voor vooraf voordat
voorbij vraag vragen vriendelijk vriendelijke waar waarbij waarom waarop waarvan waarvoor wanneer
want waren wat week weer weet weg weinig welk welke werd werden werkt weten wezen wie wilde willen
wilt wist worden wordt zeer zegt zelf zelfs zien ziet zijn zich zijne zoals zodat zodra
zolang zonder zoveel zouden zowel zullen zult
"""

COMMON = frozenset(_ENGLISH.split()) | frozenset(_DUTCH.split())
