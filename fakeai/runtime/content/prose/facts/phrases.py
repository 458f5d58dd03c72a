"""Words and phrases in nine languages: English, then French, Spanish, German, Italian, Portuguese, Dutch, Japanese, Chinese.

Where a cell has a dash, the language needs no word there.
"""

LANGUAGES = ("fr", "es", "de", "it", "pt", "nl", "ja", "zh")
NUMERALS = {
    "en": tuple("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
                "seventeen eighteen nineteen twenty".split()),
    "fr": tuple("un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
                "dix-neuf vingt".split()),
    "es": tuple("uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
                "dieciocho diecinueve veinte".split()),
    "de": tuple("eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
                "siebzehn achtzehn neunzehn zwanzig".split()),
    "it": tuple("uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici "
                "diciassette diciotto diciannove venti".split()),
    "pt": tuple("um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis dezessete "
                "dezoito dezenove vinte".split()),
    "nl": tuple("een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien "
                "achttien negentien twintig".split()),
    "ja": tuple("一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六 十七 十八 十九 二十".split()),
    "zh": tuple("一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六 十七 十八 十九 二十".split()),
    "ru": tuple("один два три четыре пять шесть семь восемь девять десять".split()),
    "pl": tuple("jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć".split()),
    "tr": tuple("bir iki üç dört beş altı yedi sekiz dokuz on".split()),
    "ko": tuple("하나 둘 셋 넷 다섯 여섯 일곱 여덟 아홉 열".split()),
}  # fmt: skip
ROWS = """
hello|bonjour|hola|hallo|ciao|olá|hallo|こんにちは|你好
hi|salut|hola|hallo|ciao|oi|hoi|やあ|你好
hello world|bonjour le monde|hola mundo|hallo Welt|ciao mondo|olá mundo|hallo wereld|こんにちは世界|你好，世界
good morning|bonjour|buenos días|guten Morgen|buongiorno|bom dia|goedemorgen|おはようございます|早上好
good afternoon|bon après-midi|buenas tardes|guten Tag|buon pomeriggio|boa tarde|goedemiddag|こんにちは|下午好
good evening|bonsoir|buenas noches|guten Abend|buonasera|boa noite|goedenavond|こんばんは|晚上好
good night|bonne nuit|buenas noches|gute Nacht|buonanotte|boa noite|goedenacht|おやすみなさい|晚安
goodbye|au revoir|adiós|auf Wiedersehen|arrivederci|adeus|tot ziens|さようなら|再见
bye|au revoir|adiós|tschüss|ciao|tchau|doei|さようなら|再见
see you tomorrow|à demain|hasta mañana|bis morgen|a domani|até amanhã|tot morgen|また明日|明天见
thank you|merci|gracias|danke|grazie|obrigado|dank je|ありがとうございます|谢谢
thank you very much|merci beaucoup|muchas gracias|vielen Dank|grazie mille|muito obrigado|heel erg bedankt|どうもありがとうございます|非常感谢
thanks|merci|gracias|danke|grazie|obrigado|bedankt|ありがとう|谢谢
please|s'il vous plaît|por favor|bitte|per favore|por favor|alstublieft|お願いします|请
you're welcome|de rien|de nada|gern geschehen|prego|de nada|graag gedaan|どういたしまして|不客气
yes|oui|sí|ja|sì|sim|ja|はい|是
no|non|no|nein|no|não|nee|いいえ|不
excuse me|excusez-moi|disculpe|entschuldigung|mi scusi|com licença|pardon|すみません|打扰一下
i'm sorry|je suis désolé|lo siento|es tut mir leid|mi dispiace|sinto muito|het spijt me|ごめんなさい|对不起
sorry|désolé|perdón|entschuldigung|scusa|desculpe|sorry|ごめんなさい|对不起
how are you|comment allez-vous|cómo estás|wie geht es dir|come stai|como você está|hoe gaat het|お元気ですか|你好吗
how are you today|comment allez-vous aujourd'hui|cómo estás hoy|wie geht es dir heute|come stai oggi|como você está hoje|hoe gaat het vandaag|今日はお元気ですか|你今天好吗
i am fine|je vais bien|estoy bien|mir geht es gut|sto bene|estou bem|het gaat goed met mij|元気です|我很好
what is your name|comment vous appelez-vous|cómo te llamas|wie heißt du|come ti chiami|qual é o seu nome|hoe heet je|お名前は何ですか|你叫什么名字
my name is|je m'appelle|me llamo|ich heiße|mi chiamo|meu nome é|mijn naam is|私の名前は|我叫
nice to meet you|enchanté|mucho gusto|freut mich|piacere di conoscerti|prazer em conhecê-lo|aangenaam|はじめまして|很高兴认识你
where is the bathroom|où sont les toilettes|dónde está el baño|wo ist die Toilette|dov'è il bagno|onde fica o banheiro|waar is het toilet|トイレはどこですか|洗手间在哪里
where is the train station|où est la gare|dónde está la estación de tren|wo ist der Bahnhof|dov'è la stazione|onde fica a estação de trem|waar is het station|駅はどこですか|火车站在哪里
how much does it cost|combien ça coûte|cuánto cuesta|wie viel kostet das|quanto costa|quanto custa|hoeveel kost het|いくらですか|多少钱
i love you|je t'aime|te quiero|ich liebe dich|ti amo|eu te amo|ik hou van je|愛しています|我爱你
i love programming|j'adore la programmation|me encanta programar|ich liebe das Programmieren|adoro programmare|eu adoro programar|ik hou van programmeren|プログラミングが大好きです|我喜欢编程
i like|j'aime|me gusta|ich mag|mi piace|eu gosto de|ik hou van|好きです|我喜欢
i do not understand|je ne comprends pas|no entiendo|ich verstehe nicht|non capisco|eu não entendo|ik begrijp het niet|わかりません|我不明白
i don't understand|je ne comprends pas|no entiendo|ich verstehe nicht|non capisco|eu não entendo|ik begrijp het niet|わかりません|我不明白
i don't know|je ne sais pas|no sé|ich weiß nicht|non lo so|eu não sei|ik weet het niet|知りません|我不知道
do you speak english|parlez-vous anglais|habla inglés|sprechen Sie Englisch|parla inglese|você fala inglês|spreekt u Engels|英語を話せますか|你会说英语吗
i am hungry|j'ai faim|tengo hambre|ich habe Hunger|ho fame|estou com fome|ik heb honger|お腹が空きました|我饿了
i would like a coffee|je voudrais un café|quisiera un café|ich hätte gern einen Kaffee|vorrei un caffè|eu gostaria de um café|ik wil graag een koffie|コーヒーをお願いします|我想要一杯咖啡
have a nice day|bonne journée|que tengas un buen día|einen schönen Tag noch|buona giornata|tenha um bom dia|fijne dag|良い一日を|祝你有美好的一天
happy birthday|joyeux anniversaire|feliz cumpleaños|alles Gute zum Geburtstag|buon compleanno|feliz aniversário|gefeliciteerd met je verjaardag|お誕生日おめでとう|生日快乐
congratulations|félicitations|felicidades|herzlichen Glückwunsch|congratulazioni|parabéns|gefeliciteerd|おめでとうございます|恭喜
welcome|bienvenue|bienvenido|willkommen|benvenuto|bem-vindo|welkom|ようこそ|欢迎
good luck|bonne chance|buena suerte|viel Glück|buona fortuna|boa sorte|veel succes|頑張って|祝你好运
the weather is nice today|il fait beau aujourd'hui|hoy hace buen tiempo|das Wetter ist heute schön|oggi il tempo è bello|o tempo está bom hoje|het is vandaag mooi weer|今日はいい天気です|今天天气很好
the quick brown fox jumps over the lazy dog|le rapide renard brun saute par-dessus le chien paresseux|el rápido zorro marrón salta sobre el perro perezoso|der schnelle braune Fuchs springt über den faulen Hund|la veloce volpe marrone salta sopra il cane pigro|a rápida raposa marrom salta sobre o cão preguiçoso|de snelle bruine vos springt over de luie hond|素早い茶色の狐がのろまな犬を飛び越える|敏捷的棕色狐狸跳过懒狗
it is raining|il pleut|está lloviendo|es regnet|piove|está chovendo|het regent|雨が降っています|下雨了
the cat|le chat|el gato|die Katze|il gatto|o gato|de kat|猫|猫
the dog|le chien|el perro|der Hund|il cane|o cachorro|de hond|犬|狗
the house|la maison|la casa|das Haus|la casa|a casa|het huis|家|房子
the book|le livre|el libro|das Buch|il libro|o livro|het boek|本|书
the table|la table|la mesa|der Tisch|il tavolo|a mesa|de tafel|テーブル|桌子
the car|la voiture|el coche|das Auto|la macchina|o carro|de auto|車|汽车
the water|l'eau|el agua|das Wasser|l'acqua|a água|het water|水|水
the world|le monde|el mundo|die Welt|il mondo|o mundo|de wereld|世界|世界
the sky|le ciel|el cielo|der Himmel|il cielo|o céu|de lucht|空|天空
the man|l'homme|el hombre|der Mann|l'uomo|o homem|de man|男の人|男人
the woman|la femme|la mujer|die Frau|la donna|a mulher|de vrouw|女の人|女人
the school|l'école|la escuela|die Schule|la scuola|a escola|de school|学校|学校
is on the table|est sur la table|está sobre la mesa|ist auf dem Tisch|è sul tavolo|está na mesa|is op de tafel|はテーブルの上にいます|在桌子上
on the table|sur la table|sobre la mesa|auf dem Tisch|sul tavolo|na mesa|op de tafel|テーブルの上に|在桌子上
in the house|dans la maison|en la casa|im Haus|in casa|na casa|in het huis|家の中に|在房子里
a cat|un chat|un gato|eine Katze|un gatto|um gato|een kat|猫|一只猫
a dog|un chien|un perro|ein Hund|un cane|um cachorro|een hond|犬|一只狗
cat|chat|gato|Katze|gatto|gato|kat|猫|猫
dog|chien|perro|Hund|cane|cachorro|hond|犬|狗
bird|oiseau|pájaro|Vogel|uccello|pássaro|vogel|鳥|鸟
horse|cheval|caballo|Pferd|cavallo|cavalo|paard|馬|马
fish|poisson|pez|Fisch|pesce|peixe|vis|魚|鱼
house|maison|casa|Haus|casa|casa|huis|家|房子
book|livre|libro|Buch|libro|livro|boek|本|书
water|eau|agua|Wasser|acqua|água|water|水|水
bread|pain|pan|Brot|pane|pão|brood|パン|面包
cheese|fromage|queso|Käse|formaggio|queijo|kaas|チーズ|奶酪
apple|pomme|manzana|Apfel|mela|maçã|appel|りんご|苹果
coffee|café|café|Kaffee|caffè|café|koffie|コーヒー|咖啡
tea|thé|té|Tee|tè|chá|thee|お茶|茶
milk|lait|leche|Milch|latte|leite|melk|牛乳|牛奶
wine|vin|vino|Wein|vino|vinho|wijn|ワイン|葡萄酒
food|nourriture|comida|Essen|cibo|comida|eten|食べ物|食物
friend|ami|amigo|Freund|amico|amigo|vriend|友達|朋友
family|famille|familia|Familie|famiglia|família|familie|家族|家庭
mother|mère|madre|Mutter|madre|mãe|moeder|母|母亲
father|père|padre|Vater|padre|pai|vader|父|父亲
child|enfant|niño|Kind|bambino|criança|kind|子供|孩子
man|homme|hombre|Mann|uomo|homem|man|男|男人
woman|femme|mujer|Frau|donna|mulher|vrouw|女|女人
day|jour|día|Tag|giorno|dia|dag|日|天
night|nuit|noche|Nacht|notte|noite|nacht|夜|夜晚
today|aujourd'hui|hoy|heute|oggi|hoje|vandaag|今日|今天
tomorrow|demain|mañana|morgen|domani|amanhã|morgen|明日|明天
yesterday|hier|ayer|gestern|ieri|ontem|gisteren|昨日|昨天
now|maintenant|ahora|jetzt|adesso|agora|nu|今|现在
time|temps|tiempo|Zeit|tempo|tempo|tijd|時間|时间
year|an|año|Jahr|anno|ano|jaar|年|年
monday|lundi|lunes|Montag|lunedì|segunda-feira|maandag|月曜日|星期一
friday|vendredi|viernes|Freitag|venerdì|sexta-feira|vrijdag|金曜日|星期五
sunday|dimanche|domingo|Sonntag|domenica|domingo|zondag|日曜日|星期日
sun|soleil|sol|Sonne|sole|sol|zon|太陽|太阳
moon|lune|luna|Mond|luna|lua|maan|月|月亮
love|amour|amor|Liebe|amore|amor|liefde|愛|爱
life|vie|vida|Leben|vita|vida|leven|人生|生活
work|travail|trabajo|Arbeit|lavoro|trabalho|werk|仕事|工作
school|école|escuela|Schule|scuola|escola|school|学校|学校
city|ville|ciudad|Stadt|città|cidade|stad|都市|城市
country|pays|país|Land|paese|país|land|国|国家
street|rue|calle|Straße|strada|rua|straat|通り|街道
world|monde|mundo|Welt|mondo|mundo|wereld|世界|世界
computer|ordinateur|ordenador|Computer|computer|computador|computer|コンピューター|电脑
language|langue|idioma|Sprache|lingua|língua|taal|言語|语言
music|musique|música|Musik|musica|música|muziek|音楽|音乐
car|voiture|coche|Auto|macchina|carro|auto|車|汽车
train|train|tren|Zug|treno|trem|trein|電車|火车
weather|temps|tiempo|Wetter|tempo|tempo|weer|天気|天气
red|rouge|rojo|rot|rosso|vermelho|rood|赤い|红色的
blue|bleu|azul|blau|blu|azul|blauw|青い|蓝色的
green|vert|verde|grün|verde|verde|groen|緑の|绿色的
black|noir|negro|schwarz|nero|preto|zwart|黒い|黑色的
white|blanc|blanco|weiß|bianco|branco|wit|白い|白色的
big|grand|grande|groß|grande|grande|groot|大きい|大的
small|petit|pequeño|klein|piccolo|pequeno|klein|小さい|小的
good|bon|bueno|gut|buono|bom|goed|良い|好的
bad|mauvais|malo|schlecht|cattivo|mau|slecht|悪い|坏的
new|nouveau|nuevo|neu|nuovo|novo|nieuw|新しい|新的
old|vieux|viejo|alt|vecchio|velho|oud|古い|旧的
beautiful|beau|hermoso|schön|bello|bonito|mooi|美しい|美丽的
happy|heureux|feliz|glücklich|felice|feliz|gelukkig|嬉しい|高兴的
very|très|muy|sehr|molto|muito|heel|とても|很
and|et|y|und|e|e|en|と|和
or|ou|o|oder|o|ou|of|か|或者
but|mais|pero|aber|ma|mas|maar|でも|但是
with|avec|con|mit|con|com|met|と|和
without|sans|sin|ohne|senza|sem|zonder|なしで|没有
in|dans|en|in|in|em|in|で|在
on|sur|en|auf|su|em|op|の上に|在
of|de|de|von|di|de|van|の|的
for|pour|para|für|per|para|voor|のために|为了
to|à|a|zu|a|para|naar|へ|到
is|est|es|ist|è|é|is|です|是
are|sont|son|sind|sono|são|zijn|です|是
was|était|era|war|era|era|was|でした|是
i|je|yo|ich|io|eu|ik|私|我
you|vous|tú|du|tu|você|je|あなた|你
he|il|él|er|lui|ele|hij|彼|他
she|elle|ella|sie|lei|ela|zij|彼女|她
we|nous|nosotros|wir|noi|nós|wij|私たち|我们
they|ils|ellos|sie|loro|eles|zij|彼ら|他们
it|il|eso|es|esso|isso|het|それ|它
i am|je suis|soy|ich bin|sono|eu sou|ik ben|私は|我是
i have|j'ai|tengo|ich habe|ho|eu tenho|ik heb|持っています|我有
i want|je veux|quiero|ich will|voglio|eu quero|ik wil|欲しいです|我想要
i need|j'ai besoin de|necesito|ich brauche|ho bisogno di|eu preciso de|ik heb nodig|必要です|我需要
the|le|el|die|il|o|de|-|-
a|un|un|ein|un|um|een|-|一个
an|un|un|ein|un|um|een|-|一个
my|mon|mi|mein|il mio|meu|mijn|私の|我的
your|votre|tu|dein|il tuo|seu|jouw|あなたの|你的
this|ceci|esto|dies|questo|isto|dit|これ|这
that|cela|eso|das|quello|isso|dat|それ|那
not|pas|no|nicht|non|não|niet|ない|不
where|où|dónde|wo|dove|onde|waar|どこ|哪里
what|quoi|qué|was|che cosa|o que|wat|何|什么
when|quand|cuándo|wann|quando|quando|wanneer|いつ|什么时候
why|pourquoi|por qué|warum|perché|por que|waarom|なぜ|为什么
who|qui|quién|wer|chi|quem|wie|誰|谁
how|comment|cómo|wie|come|como|hoe|どう|怎么
"""

TABLE = {
    cells[0]: dict(zip(LANGUAGES, cells[1:], strict=True))
    for cells in (row.split("|") for row in ROWS.strip().split("\n"))
}
