"""Turkish. Topics stand before words that take the endings in their place."""

from .language import Language, Small

OPENINGS = (
    "Kısaca {} konusuna iki yönden bakılabilir ve ikisi de ilgiyi hak eder",
    "Önce {} hakkında neyin değiştiğini sormak gerekir",
    "Çoğu insan {} ile kuramdan çok önce uygulamada karşılaşır",
    "Genellikle {} konusuna küçük bir örnekle başlamak en iyisidir",
)
SENTENCES = (
    "Elle denetlenebilen küçük bir durumla başlamak işe yarar",
    "Bir şeyi değiştirmeden önce ölçün ve sayıları saklayın",
    "Yalın bir tasarım çoğu zaman kurnaz bir tasarımdan uzun yaşar",
    "İki parça çelişiyorsa önce aralarındaki sınıra bakın",
    "Maliyetin büyük bölümü işte değil beklemede gizlidir",
    "Adımların sırası da yanıtın bir parçasıdır",
    "İyi varsayılan ayarlar çok sayıda seçenekten daha fazla zaman kazandırır",
    "Kolay görülen şey kolay onarılır",
    "İkinci okur, birincinin bir hafta göremediğini bir dakikada bulur",
    "Bir sayfaya sığan plan okunur",
    "Küçük adımlar hataları ucuzlatır",
)
REMARKS = (
    "Özellikle {} konusunda ayrıntılar en çok sınırlarda önem kazanır",
    "Her gün {} ile çalışanlar çoğunlukla sade çözümü seçer",
    "Zaman zaman {} hakkındaki eski varsayımları yeniden sınamak gerekir",
)
CLOSINGS = (
    "Sonuç olarak {} konusunun özü budur ve gerisi alıştırmadır",
    "Buradan sonra gerçek bir örnekte deneyip düzeltmek en iyisidir",
    "Ben buradan başlar ve ilk sonuçtan sonra yeniden bakardım",
)
SMALL = Small(
    hello=("Merhaba! Bugün size nasıl yardımcı olabilirim?", "Selam! Sizin için ne yapabilirim?"),
    thanks="Rica ederim! Başka bir şey olursa haber verin.",
    who="Ben soruları yanıtlayan, yazan ve açıklayan bir yapay zekâ yardımcısıyım.",
    yes="Evet",
    no="Hayır",
    because=("çoğu durumda {} için bu geçerlidir", "genellikle {} için bu geçerli değildir"),
)
FILLERS = frozenset(
    "açıkla açıklar acaba ama anlat anlatır bana ben beni bir biz bu bunu çok da daha de değil diye en gibi göre hakkında "
    "hangi hem her için ile ise kadar ki kim konusunda lütfen mi mı mu mü nasıl ne neden nedir nerede niçin niye o olan "
    "olarak onu sana sen siz söyle şu şey tüm var ve veya ver ya yaz yok zaman misin mısın musun çalışır".split()
)
POLAR = frozenset("mi mı mu mü midir mıdır mudur müdür".split())

TURKISH = Language("tr", "Turkish", ".", " ", OPENINGS, SENTENCES, REMARKS, CLOSINGS, SMALL, FILLERS, POLAR, "yalınlık")
