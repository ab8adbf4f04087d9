#include "families.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace muistio::search::detail {
namespace {

// One family a line, between commas: its head, which is what the stemmer makes of its regular forms, then the irregular forms.
// Folded: without marks. Nouns are found at the end of compounds too.
constexpr std::string_view kSwedishNouns =
    "bok bocker bockerna,fot fotter fotterna,rot rotter rotterna,ledamot ledamoter ledamoterna,dotter dottrar dottrarna dottern,"
    "bror broder broderna brodern,mor moder modrar modrarna modern,far fader fadern,gas gass gassen,mus moss,"
    "oga ogon ogonen ogat,ora oron oronen orat,muse museum museet museer museerna museets,centr centrum centret centra,"
    "sko skor skon skorna,ko kor korna,sjo sjoar sjon sjoarna,bro broar bron broarna,by byar byn byarna,ide ideer iden ideerna,"
    "kommitte kommitteer kommitten kommitteerna,kna knan knaet,tra tran traet,foraldr foralder foraldrar foraldrarna,"
    "huvud huvuden huvudena huvudet,hjart hjarta hjartan hjartat,alternativ alternativen,"
    "ord orden ordet";
constexpr std::string_view kSwedishOthers =
    "be ber bad bett,bind bundit bunden,bit bet bitit,bjud bjod bjudit bjuden,bli blir blev blivit bliva,bryt brot brutit bruten,"
    "dra drar drog dragit draga,drick drack druckit,driv drev drivit driven,fall foll fallit,finn fann funnit,flyg flog flugit,"
    "fly flydde flytt,frys fros frusit,fa fick fatt far,forsta forstar forstod forstatt,ge ger gav gett givit giva given,"
    "gor gora gjorde gjort gjord gjorda,ga gar gick gatt,hall holl hallit hallen,hinn hann hunnit,komm kom kommit komma kommer,"
    "lagg lade lagt lagga lagger,lat latit,ligg lag legat,ljug ljog ljugit,lid led lidit,njut njot njutit,rid red ridit,"
    "se ser sag sett sedd,sitt satt suttit,sjung sjong sjungit,skar skara skarit skurit,skjut skot skjutit,"
    "skriv skrev skrivit skriven skrivna skrivet,sla slar slog slagit slagen,sov sovit,spring sprang sprungit,"
    "sta star stod statt,stig steg stigit,stjal stjala stal stulit,sag saga sager sade sagt,salj salja saljer salde salt sald "
    "salda,"
    "satt satta satter satte,ta tar tog tagit taga tagen,vet veta visste vetat,valj valja valjer valde valt vald valda,"
    "vinn vann vunnit,vrid vred vridit,at ata ater atit,anslut anslot anslutit,erbjud erbjod erbjudit,"
    "foresla foreslar foreslog foreslagit foreslagen,delta deltar deltog deltagit deltaga,bestam bestamma bestammer bestamde "
    "bestamt,"
    "beskriv beskrev beskrivit,kan kunna kunde kunnat,vilj vilja vill ville velat,bra battre bast basta,stor storre storst storsta,"
    "liten litet lilla sma mindre minst,gammal gamla gammalt aldre aldst,ung yngre yngst,lang langre langst,hog hogre hogst,"
    "tung tyngre tyngst,mang manga fler flera flest,mycket mer mest,ny nytt nya nyare,bla blatt,gra gratt,fri fritt,"
    "god gott goda godare,lev levde levt,ror rora rorde rort,hor hora horde hort,kor kora korde kort,"
    "lar lara larde lart,for fora forde fort,bygg byggde byggt byggd,tank tankte tankt,folj folja foljer foljde foljt,"
    "sok soka sokte soker sokt";
constexpr std::string_view kDutchNouns =
    "uur uren,oog ogen,oor oren,lid leden,stad steden,schip schepen,kind kinderen kinders,ei eieren,blad bladeren,lied "
    "liederen,goed goederen,"
    "been beenderen,volk volkeren,rund runderen,kalf kalveren,lam lammeren,rad raderen,gelid gelederen,smid smeden,"
    "koe koeien,vlo vlooien,muse museum musea museums,centr centrum centra centrums,medium media,datum data datums,"
    "criterium criteria,politicus politici,technicus technici,historicus historici,academicus academici,musicus musici,"
    "criticus critici,catalogus catalogi,collega collegae,gebed gebeden,leraar leraren leraars,zee zeeen,knie knieen,"
    "idee ideeen,vakman vaklieden vaklui,zakenman zakenlieden zakenlui,hoen hoenderen,gemoed gemoederen,dag dagen,"
    "weg wegen,dak daken,gat gaten,glas glazen,vat vaten,bad baden,pad paden,slag slagen,verslag verslagen,"
    "verdrag verdragen,oorlog oorlogen,hol holen,slot sloten,lot loten,god goden,gebrek gebreken,bevel bevelen,graf graven,"
    "hof hoven,schot schoten,staf staven,tred treden,aanslag aanslagen,spel spelen spellen";
constexpr std::string_view kDutchOthers =
    "begin begon begonnen,bied bood boden geboden,bijt beet beten gebeten,bind bond bonden gebonden,"
    "blijf bleef bleven gebleven,breek brak braken gebroken,breng bracht brachten gebracht,buig boog bogen gebogen,"
    "denk dacht dachten gedacht,doe deed deden gedaan doet doen,draag droeg droegen gedragen,drijf dreef dreven gedreven,"
    "drink dronk dronken gedronken,ga ging gingen gegaan gaat gaan,geef gaf gaven gegeven,grijp greep grepen gegrepen,"
    "hang hing hingen gehangen,heb had hadden gehad hebt heeft,help hielp hielpen geholpen,houd hou hield hielden gehouden,"
    "kies koos kozen gekozen,kijk keek keken gekeken,kom kwam kwamen gekomen komen,koop kocht kochten gekocht,"
    "krijg kreeg kregen gekregen,kan kon konden gekund kunnen,laat liet lieten gelaten,lees las lazen gelezen,"
    "lig lag lagen gelegen,loop liep liepen gelopen,neem nam namen genomen,rijd reed reden gereden,"
    "roep riep riepen geroepen,schrijf schreef schreven geschreven,schuif schoof schoven geschoven,"
    "slaap sliep sliepen geslapen,sla sloeg sloegen geslagen slaan slaat,sluit sloot sloten gesloten,"
    "snijd sneed sneden gesneden,spreek sprak spraken gesproken,spring sprong sprongen gesprongen,"
    "sta stond stonden gestaan staat staan,steek stak staken gestoken,stijg steeg stegen gestegen,"
    "sterf stierf stierven gestorven,tref trof troffen getroffen,trek trok trokken getrokken,val viel vielen gevallen,"
    "vang ving vingen gevangen,vecht vocht vochten gevochten,verlies verloor verloren,vergeet vergat vergaten vergeten,"
    "vertrek vertrok vertrokken,vind vond vonden gevonden,vlieg vloog vlogen gevlogen,vraag vroeg vroegen gevraagd,"
    "weet wist wisten geweten,werp wierp wierpen geworpen,win won wonnen gewonnen,word werd werden geworden,"
    "zeg zei zeiden gezegd,zie zag zagen gezien ziet zien,zend zond zonden gezonden,zing zong zongen gezongen,"
    "zit zat zaten gezeten,zoek zocht zochten gezocht,zwem zwom gezwommen,ontvang ontving ontvingen ontvangen,"
    "besluit besloot besloten,bespreek besprak bespraken besproken,begrijp begreep begrepen,"
    "onderneem ondernam ondernamen ondernomen,verkoop verkocht verkochten,bezoek bezocht bezochten,wijs wees wezen gewezen,"
    "bewijs bewees bewezen,schenk schonk geschonken,goed beter best beste,veel meer meest,weinig minder minst,"
    "beweg bewoog bewogen,bereid bereidde,genet geniet genoot genoten,overleg overlegd overlegde,ondersteun ondersteund,"
    "aanbied aanbood aangeboden,afsprek afgesproken,deelneem deelnam deelgenomen,aannem aangenomen,opnem opgenomen,"
    "uitgef uitgegeven,voorstel voorgesteld,inschrijf ingeschreven,opschrijf opgeschreven,uitnodig uitgenodigd,"
    "afsluit afgesloten,meebreng meegebracht,meenem meegenomen";
constexpr std::string_view kEnglishNouns =
    "child children,man men,woman women,person people,foot feet,tooth teeth,goose geese,mouse mice,life lives,wife wives,"
    "knife knives,leaf leaves,half halves,shelf shelves,self selves,loaf loaves,thief thieves,wolf wolves,calf calves,"
    "scarf scarves";
constexpr std::string_view kEnglishOthers =
    "ox oxen,analysis analyses,basis bases,crisis crises,thesis theses,hypothesis hypotheses,diagnosis diagnoses,"
    "synthesis syntheses,emphasis emphases,oasis oases,axis axes,criterion criteria,phenomenon phenomena,datum data,medium media,"
    "index indices,appendix appendices,matrix matrices,syllabus syllabi,stimulus stimuli,focus foci,die dice,penny pence,"
    "curriculum curricula,memorandum memoranda,bacterium bacteria,alumnus alumni,nucleus nuclei,radius radii,cactus cacti,"
    "arise arose arisen,awake awoke awoken,bear bore borne,beat beaten,becom became,begin began begun,bend bent,"
    "bind bound,bite bit bitten,bleed bled,blow blew blown,break broke broken,bring brought,build built,burn burnt,buy bought,"
    "catch caught,choos chose chosen,come came,deal dealt,dig dug,do does did done,draw drew drawn,dream dreamt,drink drank drunk,"
    "drive drove driven,eat ate eaten,fall fell fallen,feed fed,feel felt,fight fought,find found,flee fled,fly flew flown fli,"
    "forbid forbade forbidden,forget forgot forgotten,forgiv forgave forgiven,freez froze frozen,get got gotten,give gave given,"
    "go goes went gone,grow grew grown,hang hung,have had has,hear heard,hide hid hidden,hold held,keep kept,know knew known,"
    "lay laid,lead led,lean leant,leap leapt,learn learnt,leav left,lend lent,light lit,lose lost,make made,mean meant,meet met,"
    "mistak mistook mistaken,overcom overcame,pay paid,ride rode ridden,ring rang rung,rise rose risen,run ran,say said,see saw "
    "seen,"
    "seek sought,sell sold,send sent,shake shook shaken,shine shone,shoot shot,show shown,shrink shrank shrunk,sing sang sung,"
    "sink sank sunk,sit sat,sleep slept,slide slid,speak spoke spoken,speed sped,spell spelt,spend spent,spin spun,spring sprang "
    "sprung,"
    "stand stood,steal stole stolen,stick stuck,strike struck,swear swore sworn,sweep swept,swim swam swum,swing swung,"
    "take took taken,teach taught,tear tore torn,tell told,think thought,throw threw thrown,understand understood,"
    "undertak undertook undertaken,wake woke woken,wear wore worn,weep wept,win won,wind wound,withdraw withdrew withdrawn,"
    "write wrote written,good better best,bad worse worst,far further furthest farther";

// Adjectives that are compared by endings: for each its forms are made when the tables are read.
constexpr std::string_view kEnglishAdjectives =
    "big,large,small,little,old,new,long,short,high,low,great,strong,weak,young,fast,slow,quick,easy,happy,early,late,close,hard,"
    "soft,"
    "cheap,clear,near,rich,poor,safe,warm,cold,hot,cool,wide,narrow,deep,simple,nice,busy,heavy,light,dark,bright,clean,full,few,"
    "fine,"
    "free,fresh,kind,lovely,loud,quiet,sad,sharp,smart,smooth,tall,thick,thin,tight,tough,true,wise,wrong,healthy,friendly,funny";
constexpr std::string_view kDutchAdjectives =
    "groot,klein,nieuw,oud,jong,lang,kort,hoog,laag,snel,langzaam,mooi,duur,goedkoop,sterk,zwak,zwaar,licht,breed,smal,diep,warm,"
    "koud,"
    "vroeg,laat,rijk,arm,moeilijk,makkelijk,belangrijk,simpel,druk,rustig,vol,leeg,hard,zacht,scherp,dik,dun,slim,vrij,veilig,"
    "gezond,"
    "blij,boos,wit,zwart,schoon,vies,ruim,krap,eerlijk,duidelijk,vriendelijk,prettig,nuttig,handig";

using Heads = std::unordered_multimap<std::string_view, std::string_view>;

Heads read(std::string_view families) {
  Heads heads;
  while (!families.empty()) {
    auto family = families.substr(0, families.find(','));
    families.remove_prefix(std::min(families.size(), family.size() + 1));
    const auto head = family.substr(0, family.find(' '));
    while (!family.empty()) {
      const auto form = family.substr(0, family.find(' '));
      family.remove_prefix(std::min(family.size(), form.size() + 1));
      heads.emplace(form, head);
    }
  }
  return heads;
}

bool is_vowel(char letter) { return std::string_view("aeiouy").find(letter) != std::string_view::npos; }

/// Whether the last consonant is doubled before an ending: big, bigger.
bool doubles(std::string_view word) {
  const auto n = word.size();
  return n > 2 && !is_vowel(word[n - 1]) && word[n - 1] != 'w' && is_vowel(word[n - 2]) && !is_vowel(word[n - 3]);
}

std::string english_base(std::string_view word) {
  std::string base(word);
  if (base.back() == 'e') base.pop_back();
  if (base.back() == 'y') base.back() = 'i';
  if (base.size() == word.size() && base.size() < 5 && doubles(word)) base += word.back();
  return base;
}

std::string dutch_base(std::string_view word) {
  std::string base(word);
  const auto n = base.size();
  if (n > 3 && base[n - 2] == base[n - 3] && is_vowel(base[n - 2])) {
    base.erase(n - 2, 1);
    if (base.back() == 's') base.back() = 'z';
  } else if (n < 5 && doubles(word)) {
    base += word.back();
  }
  return base;
}

/// Each adjective with its comparative and superlative, which stay as long as the program does.
template <class Base>
std::string compared(std::string_view adjectives, Base base, std::initializer_list<std::string_view> endings,
                     std::string_view superlative) {
  std::string families;
  while (!adjectives.empty()) {
    const auto word = adjectives.substr(0, adjectives.find(','));
    adjectives.remove_prefix(std::min(adjectives.size(), word.size() + 1));
    families.append(families.empty() ? "" : ",").append(word);
    for (const auto ending : endings) families.append(" ").append(base(word)).append(ending);
    if (!superlative.empty())
      families.append(" ").append(word).append(superlative).append(" ").append(word).append(superlative).append("e");
  }
  return families;
}

const std::string& english_adjectives() {
  static const auto made = compared(kEnglishAdjectives, english_base, {"er", "est"}, {});
  return made;
}
const std::string& dutch_adjectives() {
  static const auto made = compared(kDutchAdjectives, dutch_base, {"er", "ere", "e"}, "st");
  return made;
}

struct Tables {
  Heads nouns, others;
};

const Tables& tables(Language language) {
  static const auto all = [] {
    std::array<Tables, 4> made;
    made[1] = {read(kSwedishNouns), read(kSwedishOthers)};
    made[2] = {read(kDutchNouns), read(kDutchOthers)};
    made[3] = {read(kEnglishNouns), read(kEnglishOthers)};
    made[2].others.merge(read(dutch_adjectives()));
    made[3].others.merge(read(english_adjectives()));
    return made;
  }();
  return all[static_cast<std::size_t>(language)];
}

constexpr std::size_t kCompoundFormBytesMin = 4;
constexpr std::size_t kCompoundBytesMin = 3;

}  // namespace

std::vector<std::string> family_heads(Language language, std::string_view folded) {
  std::vector<std::string> heads;
  const auto& [nouns, others] = tables(language);
  for (const auto* table : {&nouns, &others})
    for (auto [at, end] = table->equal_range(folded); at != end; ++at) heads.emplace_back(at->second);
  for (auto from = kCompoundBytesMin; from + kCompoundFormBytesMin <= folded.size(); ++from)
    for (auto [at, end] = nouns.equal_range(folded.substr(from)); at != end; ++at)
      heads.push_back(std::string(folded.substr(0, from)).append(at->second));
  return heads;
}

}  // namespace muistio::search::detail
