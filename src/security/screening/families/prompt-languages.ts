/**
 * "Ignore the previous instructions" in the languages the product meets most: a verb and a noun at a short
 * distance, in the order the language uses. Accents are gone by normalisation (`й` is written `и`).
 */
const PAIRS: readonly (readonly [string, string])[] = [
  ['(?:ignora|ignore|olvida|olvide|descarta|desatiende|no hagas caso|haz caso omiso|pasa por alto)', '(?:instrucciones|directrices|ordenes|reglas|indicaciones|lo que te (?:han|he) dicho)'],
  ['(?:ignorez?|oubliez?|negligez?|ne tenez? pas compte|ne tiens pas compte|faites abstraction) (?:de |des |completement )?(?:toutes?|tous|les?|la|tes|ta|vos|votre|ces|cette|mes|l\'|d)', '(?:instructions?|directives?|consignes?|regles?|tout ce (?:que|qui))'],
  ['(?:oublie|ignore|oubliez|ignorez)', '(?:consignes|regles|tout ce qu)'],
  ['(?:ignorier\\w{0,8}|vergiss|vergessen sie|missacht\\w{0,8}|uberseh\\w{0,8}|beachte\\w{0,8} nicht|verwirf)', '(?:anweisungen|anleitungen|vorgaben|regeln|richtlinien|befehle|instruktionen|alles, was)'],
  ['(?:ignor[ae]r?|esquec[ae]|desconsider[ea]|descart[ea]|desrespeit[ea]|negligencie)', '(?:instrucoes|diretrizes|diretivas|ordens|regras|tudo o que)'],
  ['(?:ignora(?:re|te)?|dimentica(?:re|te)?|trascura(?:re|te)?|non (?:seguire|considerare))', '(?:istruzioni|direttive|indicazioni|regole|tutto cio che)'],
  ['(?:negeer|vergeet|sla over)', '(?:instructies|aanwijzingen|opdrachten|regels|richtlijnen)'],
  ['(?:zignoru\\w{1,3}|ignoru[ji]\\w{0,2}|zapomni\\w{0,3}|pomin\\w{0,2}|zlekcewaz\\w{0,2})', '(?:instrukcje|polecenia|wytyczne|zasady)'],
  ['(?:игнорируи\\S{0,8}|проигнорируи\\S{0,8}|забуд\\S{0,8}|не обращаи\\S{0,8} внимания|отбрось\\S{0,8}|пренебреги\\S{0,8})', '(?:инструкц\\S{0,8}|указани\\S{0,8}|директив\\S{0,8}|правил\\S{0,8}|команд\\S{0,8}|все,? что)'],
  ['(?:abaikan|lupakan|kesampingkan|acuhkan|terlepas dari)', '(?:instruksi|perintah|arahan|petunjuk|aturan|pedoman|tugas sebelumnya|semua yang)'],
  ['(?:huwag pansinin|balewalain|kalimutan|isantabi)', '(?:tagubilin|utos|direktiba|instruksyon|panuto)'],
  ['(?:bo qua|quen|phot lo)', '(?:huong dan|chi dan|chi thi|lenh|quy tac|moi thu)'],
  ['(?:忽略|无视|無視|忘记|忘記|不要理会|不理会|忽视|忽視|抛开|抛弃)', '(?:指示|指令|说明|說明|规则|規則|命令|提示|内容|內容|一切|所有|告知)'],
  ['(?:تجاهل|تغاض|تغاضى|انس|انسى|اهمل|تجاوز)', '(?:التعليمات|تعليمات|الاوامر|التوجيهات|توجيهات|القواعد|تعليماتك|الارشادات)'],
  ['(?:התעלם|התעלמי|שכח)', '(?:ההוראות|הוראות|ההנחיות|הכללים)'],
  ['(?:เพิกเฉย|ละเว้น|อย่าไปสนใจ|อย่าสนใจ|ไม่ต้องสนใจ|ลืม|มองข้าม)', '(?:คําสั่ง|คำสั่ง|คําแนะนํา|คำแนะนำ|กฎ|ทุกสิ่ง)'],
  ['(?:指示|命令|指令|指図|ルール|プロンプト|言われたこと)', '(?:無視|忘れ|無効に|従わない)'],
  ['(?:지시|명령|지침|규칙|지시사항)', '(?:무시|잊|따르지)'],
  ['(?:talimat\\S{0,8}|yonerge\\S{0,8}|komut\\S{0,8}|kural\\S{0,8}|emir\\S{0,8}|soylenen\\S{0,8})', '(?:yok say|gormezden gel|goz ardi|unut|dikkate alma|yoksay)'],
  ['(?:निर्देश\\S{0,8}|आदेश\\S{0,8}|नियम\\S{0,8}|अनुदेश\\S{0,8}|बताया)', '(?:अनदेखा|अवहेलना|उपेक्षा|नजरअंदाज|नज़रअंदाज|नज़रअंदाज|भूल|अनदेखी)'],
  ['(?:নির্দেশ\\S{0,8}|নিয়ম\\S{0,8}|আদেশ\\S{0,8})', '(?:উপেক্ষা|অগ্রাহ্য|ভুলে)'],
  ['(?:anweisungen|regeln|vorgaben|richtlinien)', '(?:ignorieren|missachten|vergessen|nicht beachten)'],
  ['(?:instructies|regels)', '(?:negeren|vergeten)'],
  ['(?:glom|ignorera|bortse fran|strunta i)', '(?:instruktioner\\w{0,3}|regler\\w{0,3}|anvisningar\\w{0,3}|riktlinjer\\w{0,3})'],
  ['(?:ignorer|glem|se bort fra)', '(?:instruktioner\\w{0,3}|instruksjoner\\w{0,3}|regler\\w{0,3}|anvisninger\\w{0,3}|retningslinjer\\w{0,3})'],
  ['(?:unohda|ohita|jata huomiotta|jata huomioimatta)', '(?:ohjee\\w{0,4}|saanno\\w{0,4}|kasky\\w{0,4}|maarayk\\w{0,5})'],
  ['(?:ignoruj\\w{0,3}|zapomen\\w{0,4}|zabudni\\w{0,3}|pomij\\w{0,3})', '(?:pokyny|instrukce|instrukcie|prikazy|pravidla)'],
  ['(?:ignora(?:ti)?|uita(?:ti)?)', '(?:instructiun\\w{0,3}|regul\\w{0,4}|comenzi\\w{0,3}|indicatii\\w{0,2})'],
  ['(?:hagyd figyelmen kivul|felejtsd el|ne vedd figyelembe)', '(?:utasitas\\w{0,3}|szabaly\\w{0,4}|iranyelv\\w{0,3})'],
  ['(?:αγνοησ\\S{1,4}|ξεχασ\\S{1,4}|παραβλεψ\\S{1,4})', '(?:οδηγι\\S{1,3}|εντολ\\S{1,3}|κανον\\S{1,4})'],
  ['(?:ігноруи\\S{0,8}|проігноруи\\S{0,8}|забуд\\S{0,8}|не зважаи\\S{0,4})', '(?:інструкц\\S{0,8}|вказівк\\S{0,8}|правил\\S{0,8}|команд\\S{0,8})'],
  ['(?:ignorira\\S{0,4}|zaboravi\\S{0,3}|zanemari\\S{0,3}|zanemar\\S{0,4})', '(?:uput\\S{0,4}|instrukcij\\S{0,3}|pravil\\S{0,3}|naredb\\S{0,3})'],
  ['(?:puuza|sahau)', '(?:maagizo|maelekezo|sheria)'],
  ['(?:پیش(?:ین| از این)|قبلی)', '(?:نادیده|فراموش)'],
]; // prettier-ignore

export const OTHER_LANGUAGES = new RegExp(
  PAIRS.map(([first, second]) => `${first}[^.!?\\n。]{0,60}?${second}`).join('|'),
);
