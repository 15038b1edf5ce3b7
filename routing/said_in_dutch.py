"""The Dutch of each sentence about what is wrong with a model; see `routing.said`."""

DUTCH = {
    "Did you mean '{near}'?": "Bedoelt u '{near}'?",
    "Leave it out, or add it where it belongs.": "Laat het weg, of voeg het toe waar het hoort.",
    "Known here: {known}.": "Hier bekend: {known}.",
    "{key} is missing.": "{key} ontbreekt.",
    "Add `{key}:` here.": "Voeg hier `{key}:` toe.",
    "The key {key} is not known here.": "De sleutel {key} is hier niet bekend.",
    "{value} is not known here.": "{value} is hier niet bekend.",
    "{given} does not fit.": "{given} past niet.",
    "{message}.": "{message}.",
    "Nothing": "Niets",
    "A group of keys": "Een groep sleutels",
    "A list": "Een lijst",
    "{given} stands where a text belongs.": "{given} staat waar een tekst hoort.",
    "Write one text.": "Schrijf één tekst.",
    "{given} is not a whole number.": "{given} is geen heel getal.",
    "Write digits only.": "Schrijf alleen cijfers.",
    "{given} stands where a group of keys belongs.": "{given} staat waar een groep sleutels hoort.",
    "Write `key: value` lines under it.": "Schrijf er regels `sleutel: waarde` onder.",
    "{given} stands where a list belongs.": "{given} staat waar een lijst hoort.",
    "Write each item on a line that begins with `- `.": (
        "Schrijf elk onderdeel op een regel die begint met `- `."
    ),
    "A text is empty.": "Een tekst is leeg.",
    "Write it.": "Schrijf die.",
    "{given} is too long.": "{given} is te lang.",
    "Use at most {max_length} characters.": "Gebruik hoogstens {max_length} tekens.",
    "{given} is not a name.": "{given} is geen naam.",
    ("Use small letters, digits, - and _, with / between the levels of a topic or target group."): (
        "Gebruik kleine letters, cijfers, - en _, met / tussen de niveaus van een onderwerp "
        "of doelgroep."
    ),
    "{given} is neither yes nor no.": "{given} is geen yes en geen no.",
    "Write yes or no.": "Schrijf yes of no.",
    "{given} is not a number.": "{given} is geen getal.",
    "Write it like 50 or 12.50.": "Schrijf het als 50 of 12.50.",
    "{given} is too little.": "{given} is te weinig.",
    "It must be more than {gt}.": "Het moet meer zijn dan {gt}.",
    "It must be {ge} or more.": "Het moet {ge} of meer zijn.",
    "{given} is too much.": "{given} is te veel.",
    "It must be {le} or less.": "Het moet {le} of minder zijn.",
    "There is no role {name}.": "Er is geen rol {name}.",
    "There is no entry in `hours` {name}.": "Er is geen regel in `hours` {name}.",
    "There is no target group {name}.": "Er is geen doelgroep {name}.",
    "There is no topic {name}.": "Er is geen onderwerp {name}.",
    "There is no skill {name}.": "Er is geen vaardigheid {name}.",
    "There is no channel in use {name}.": "Er is geen kanaal in gebruik {name}.",
    "'any' stands for everything and cannot be a name.": (
        "'any' staat voor alles en kan geen naam zijn."
    ),
    "Choose another name.": "Kies een andere naam.",
    "{path} lies under {above}, which is not there.": "{path} ligt onder {above}, dat er niet is.",
    "Add `{above}:` to {section}.": "Voeg `{above}:` toe aan {section}.",
    "The backup roles go in a circle: {names}.": "De achterwachten gaan in een kring: {names}.",
    "Take one of these backups out.": "Haal een van deze achterwachten weg.",
    "{role} is its own backup.": "{role} is zijn eigen achterwacht.",
    "Name another role.": "Noem een andere rol.",
    "{channel} is offered instead of itself.": "{channel} wordt aangeboden in plaats van zichzelf.",
    "Name another channel.": "Noem een ander kanaal.",
    "The channel {channel} is not used {direction}.": (
        "Het kanaal {channel} wordt niet {direction} gebruikt."
    ),
    "Add {direction} to its directions, or leave this row out.": (
        "Voeg {direction} toe aan de richtingen, of laat deze rij weg."
    ),
    "The row on {where} holds for the same contacts.": (
        "De rij op {where} geldt voor dezelfde contacten."
    ),
    "line {line}": "regel {line}",
    "row {row}": "rij {row}",
    "The row for “{row}”": "De rij voor “{row}”",
    "The role “{name}”": "De rol “{name}”",
    "The skill “{name}”": "De vaardigheid “{name}”",
    "The hours “{name}”": "De openingstijden “{name}”",
    "The channel “{name}”": "Het kanaal “{name}”",
    "The target group “{name}”": "De doelgroep “{name}”",
    "The topic “{name}”": "Het onderwerp “{name}”",
    "Make them one row.": "Maak er één rij van.",
    "{phrase} has no letters or digits, so it never fits.": (
        "{phrase} heeft geen letters of cijfers en past dus nooit."
    ),
    "Write a word, or leave it out.": "Schrijf een woord, of laat het weg.",
    "{phrase} has {count} words.": "{phrase} heeft {count} woorden.",
    "Use at most {most}.": "Gebruik er hoogstens {most}.",
    "{pattern} cannot be a pattern. {why}": "{pattern} kan geen patroon zijn. {why}",
    "{kind} is no kind of file.": "{kind} is geen soort bestand.",
    "Or write the end of a name, such as .xml.": "Of schrijf het einde van een naam, zoals .xml.",
    "{sender} is neither an address nor a host.": "{sender} is geen adres en geen domein.",
    "Write name@example.com or example.com.": "Schrijf naam@example.com of example.com.",
    "{address} already leads to the topic {topic}.": (
        "{address} leidt al naar het onderwerp {topic}."
    ),
    "Keep it in one of the two.": "Houd het in een van de twee.",
    "The rows name {groups} target groups and {topics} topics.": (
        "De rijen noemen {groups} doelgroepen en {topics} onderwerpen."
    ),
    "Use wider rows: narrower ones inherit.": "Gebruik bredere rijen: smallere erven.",
    (
        "It and the row on {where}, for “{other}”, settle {fields} differently, for instance "
        "for “{example}”; neither outranks the other."
    ): (
        "Deze en die op {where}, voor “{other}”, bepalen {fields} verschillend, bijvoorbeeld "
        "voor “{example}”; geen van beide gaat voor."
    ),
    (
        "Give one of them a higher `order`, or add a row for “{within}”: it is more specific "
        "than both."
    ): (
        "Geef een van beide een hogere `order`, of voeg een rij toe voor “{within}”: die is "
        "specifieker dan beide."
    ),
    "The file cannot be read: {reason}.": "Het bestand kan niet gelezen worden: {reason}.",
    "Check the path and its rights.": "Controleer het pad en de rechten.",
    "The file is larger than {size} MiB.": "Het bestand is groter dan {size} MiB.",
    "This is not UTF-8 text.": "Dit is geen UTF-8-tekst.",
    "Save the file as UTF-8.": "Bewaar het bestand als UTF-8.",
    "mapping values are not allowed in this context": "hier mag geen sleutel met waarde staan",
    "could not find expected ':'": "er ontbreekt een dubbele punt",
    "did not find expected key": "hier werd een sleutel verwacht",
    "did not find expected '-' indicator": "hier werd een streepje verwacht",
    "found character that cannot start any token": (
        "hier staat een teken waarmee niets kan beginnen, misschien een tab"
    ),
    "found unexpected end of stream": "de tekst houdt te vroeg op",
    "did not find expected ',' or ']'": "hier werd een komma of ] verwacht",
    "found a tab character that violates indentation": "hier springt een tab in; gebruik spaties",
    "block sequence entries are not allowed in this context": "hier mag geen lijst beginnen",
    "it cannot be read": "het kan niet gelezen worden",
    "This is not YAML: {why}.": "Dit is geen YAML: {why}.",
    "Look at the indentation, the colons and the quotation marks here and just above.": (
        "Kijk naar het inspringen, de dubbele punten en de aanhalingstekens hier en net erboven."
    ),
    "A second document begins here.": "Hier begint een tweede document.",
    "Keep one model in one file.": "Houd één model in één bestand.",
    "Write the value itself; rows already inherit from wider rows.": (
        "Schrijf de waarde zelf; rijen erven al van bredere rijen."
    ),
    "Anchors (&) and aliases (*) are not used here.": (
        "Ankers (&) en aliassen (*) worden hier niet gebruikt."
    ),
    "The tag {tag} is not used here.": "De tag {tag} wordt hier niet gebruikt.",
    "Leave it out.": "Laat die weg.",
    "The key {key} is already on line {line}.": "De sleutel {key} staat al op regel {line}.",
    "Keep one of the two.": "Houd een van de twee.",
    "There are more than {most} values.": "Er zijn meer dan {most} waarden.",
    "Use wider rows.": "Gebruik bredere rijen.",
    "A key must be a word here.": "Een sleutel moet hier een woord zijn.",
    "Write `key: value`.": "Schrijf `sleutel: waarde`.",
    "This is more than {most} levels deep.": "Dit is meer dan {most} niveaus diep.",
    "Write it flatter.": "Schrijf het platter.",
    "This pattern is too long.": "Dit patroon is te lang.",
    "A count is not right.": "Een aantal klopt niet.",
    "Write {{4}} or {{4,8}}, from 1 to {most}.": "Schrijf {{4}} of {{4,8}}, van 1 tot {most}.",
    "A pattern begins and ends with a letter, a digit, #, @ or ?.": (
        "Een patroon begint en eindigt met een letter, een cijfer, #, @ of ?."
    ),
    "Leave out what is around it.": "Laat weg wat eromheen staat.",
    "This fits almost everything.": "Dit past op bijna alles.",
    "Write three signs or more.": "Schrijf drie tekens of meer.",
    "There is no digit in this.": "Hier zit geen cijfer in.",
    "Write it under `words`, or add # or ?.": "Schrijf het onder `words`, of voeg # of ? toe.",
    "After the range of {sign} comes a sign that it may take as well.": (
        "Na het bereik van {sign} komt een teken dat er ook bij kan horen."
    ),
    "Write one count, or something else between the two.": (
        "Schrijf één aantal, of iets anders tussen de twee."
    ),
    "a duration is written like 30m, 4h, 2d or 1h30m": (
        "een duur wordt geschreven als 30m, 4h, 2d of 1h30m"
    ),
    "choose another name: {name} is there {count} times in one list": (
        "kies een andere naam: {name} staat {count} keer in één lijst"
    ),
    "write {item} once: it is there {count} times": (
        "schrijf {item} één keer: het staat er {count} keer"
    ),
    "a field is written like order.number": "een veld wordt geschreven als order.number",
    "the field must begin with `{source}.`, as the source says": (
        "het veld moet beginnen met `{source}.`, zoals de bron zegt"
    ),
    "`within` needs an `approver`: the role that decides within that time": (
        "`within` vraagt een `approver`: de rol die binnen die tijd beslist"
    ),
    "did you mean {near}": "bedoelt u {near}",
    "write it like Europe/Amsterdam": "schrijf het als Europe/Amsterdam",
    "there is no time zone with this name; {advice}": "er is geen tijdzone met deze naam; {advice}",
    "a date is written like 2026-12-24": "een datum wordt geschreven als 2026-12-24",
    "there is no such day; a date is written like 2026-12-24": (
        "die dag bestaat niet; een datum wordt geschreven als 2026-12-24"
    ),
    "{day} is in {first} and in {written}; keep one": (
        "{day} staat in {first} en in {written}; houd er een"
    ),
    "; did you mean {near}": "; bedoelt u {near}",
    "days are mon, tue, wed, thu, fri, sat and sun, or mon-fri{nearest}": (
        "dagen zijn mon, tue, wed, thu, fri, sat en sun, of mon-fri{nearest}"
    ),
    "there are no holidays for this country{nearest}": (
        "voor dit land zijn er geen feestdagen{nearest}"
    ),
    "known are {known}": "bekend zijn {known}",
    "write {country} alone": "schrijf alleen {country}",
    "{country} has no such part; {advice}": "{country} heeft zo'n deel niet; {advice}",
    "; write its code, like NL or DE-BY": "; schrijf de code, zoals NL of DE-BY",
    "hours are written like 08:30-17:30, or closed": (
        "uren worden geschreven als 08:30-17:30, of closed"
    ),
    "a day ends at 24:00": "een dag eindigt om 24:00",
    "a span that begins and ends at one time is empty; all day is 00:00-24:00": (
        "een tijd die begint en eindigt op één moment is leeg; de hele dag is 00:00-24:00"
    ),
    "{earlier} and {later} overlap; make them one": (
        "{earlier} en {later} overlappen; maak er één van"
    ),
    "{night} of {day} runs into {span} of {following}; let one begin where the other ends": (
        "{night} van {day} loopt door in {span} van {following}; laat het ene beginnen waar "
        "het andere eindigt"
    ),
    (
        "the end lies before the beginning; swap the times (over midnight goes from noon or "
        "later to noon or before, like 22:00-06:00)"
    ): (
        "het einde ligt voor het begin; wissel de tijden om (over middernacht gaat van 12:00 "
        "of later tot 12:00 of eerder, zoals 22:00-06:00)"
    ),
    "Add a sheet with the name {sheet}.": "Voeg een blad toe met de naam {sheet}.",
    "Add a row for {key} to the sheet {sheet}.": (
        "Voeg een rij voor {key} toe aan het blad {sheet}."
    ),
    "Fill in the column {column}.": "Vul de kolom {column} in.",
    "Write it like {{one: 1, two: 2}}.": "Schrijf het als {{een: 1, twee: 2}}.",
    "Write it like [one, two].": "Schrijf het als [een, twee].",
    "Add a row with the id {above} to the sheet {section}.": (
        "Voeg een rij met de id {above} toe aan het blad {section}."
    ),
    "This sheet is not known.": "Dit blad is niet bekend.",
    "There is no column '{column}' here.": "Er is hier geen kolom '{column}'.",
    "This row has no id.": "Deze rij heeft geen id.",
    "Write one, or clear the row.": "Schrijf er een, of maak de rij leeg.",
    "The id '{name}' is already on row {row}.": "De id '{name}' staat al op rij {row}.",
    "For “{cell}” no role is left, while a wider rule names one.": (
        "Voor “{cell}” blijft geen rol over, terwijl een bredere regel er een noemt."
    ),
    "Give the narrower rule a role: a model cannot take one away.": (
        "Geef de smallere regel een rol: een model kan er geen weghalen."
    ),
    "There are {count} decision tables.": "Er zijn {count} beslistabellen.",
    "Keep the one that says who is responsible.": "Houd die waarin staat wie verantwoordelijk is.",
    "The hit policy is {policy}.": "De hit policy is {policy}.",
    "Make it FIRST, with narrow rules before wide.": (
        "Maak er FIRST van, met smalle regels voor brede."
    ),
    "The columns are {columns}.": "De kolommen zijn {columns}.",
    "They must be {columns}.": "Dat moeten {columns} zijn.",
    "Rule {number}": "Regel {number}",
    "Rule {number}, column {column}": "Regel {number}, kolom {column}",
    "It has {count} columns, its table {most}.": "Die heeft {count} kolommen, de tabel {most}.",
    "Give it one for each of {columns}.": "Geef er een voor elk van {columns}.",
    "There are {count}.": "Er zijn er {count}.",
    "'{written}' is not a list of texts.": "'{written}' is geen lijst van teksten.",
    'Write - or "one","other".': 'Schrijf - of "een","ander".',
    "Keep one.": "Houd er een.",
    "There is no {name} '{value}' in the model.": "Er is geen {name} '{value}' in het model.",
    "There are more than {rows} rows or {columns} columns.": (
        "Er zijn meer dan {rows} rijen of {columns} kolommen."
    ),
    "Take out what is not part of the model.": "Haal weg wat niet bij het model hoort.",
    "This is not XML: {reason}.": "Dit is geen XML: {reason}.",
    "Export it again.": "Exporteer het opnieuw.",
    "This file has a document type, which could hold anything.": (
        "Dit bestand heeft een document type, waar alles in kan staan."
    ),
    "Take out the line with <!DOCTYPE.": "Haal de regel met <!DOCTYPE weg.",
    "This file is too deep or too large.": "Dit bestand is te diep of te groot.",
    "Export the decision table alone.": "Exporteer alleen de beslistabel.",
    "This is not a workbook.": "Dit is geen werkmap.",
    "Save it as .xlsx and try again.": "Bewaar het als .xlsx en probeer het opnieuw.",
    "Take out pictures and other sheets.": "Haal plaatjes en andere bladen weg.",
    "This workbook is too large when it is opened.": (
        "Deze werkmap is te groot als zij geopend wordt."
    ),
    "The part {part} defines entities.": "Het deel {part} definieert entiteiten.",
    "Save it anew with a spreadsheet program.": "Bewaar het opnieuw met een rekenprogramma.",
    "A formula stands here; it is not run.": "Hier staat een formule; die wordt niet uitgevoerd.",
    "Write its outcome instead.": "Schrijf de uitkomst ervan.",
    "Give a .yaml, .xlsx or .dmn file, or a folder of CSV files.": (
        "Geef een .yaml-, .xlsx- of .dmn-bestand, of een map met CSV-bestanden."
    ),
    "A model has no form with this ending.": "Een model heeft geen vorm met dit einde.",
    "Give the folder that `loket model export --format csv` makes.": (
        "Geef de map die `loket model export --format csv` maakt."
    ),
    "This is not a folder.": "Dit is geen map.",
    "Save it as CSV UTF-8.": "Bewaar het als CSV UTF-8.",
    "Look at the quotation marks here and just above.": (
        "Kijk naar de aanhalingstekens hier en net erboven."
    ),
    "This is not CSV: {reason}.": "Dit is geen CSV: {reason}.",
    "It cannot be read: {reason}.": "Het kan niet gelezen worden: {reason}.",
}
