/**
 * "Show your instructions" in other languages than English: a verb and the operator's text at a short
 * distance, in the order the language uses. Accents are gone by normalisation.
 */
const PAIRS: readonly (readonly [string, string])[] = [
  ['(?:affiche[rz]?|montre[rz]?|revele[rz]?|donne[rz]?|repete[rz]?|dis|dites|ecris|ecrivez|quel(?:le)?s? (?:est|sont)|copie[rz]?|traduis|resume[rz]?)', "(?:(?:tes|vos|ton|votre) (?:\\w{3,12} )?(?:prompt|instructions|consignes|directives)|(?:prompt|instructions|consignes|message) (?:du )?systeme)"],
  ['(?:muestra\\w{0,3}|revela\\w{0,3}|dime|dame|repite\\w{0,3}|imprime|ensena\\w{0,3}|escribe|copia|traduce|cual(?:es)? (?:es|son)|que dicen?)', '(?:(?:tus?|sus?) (?:\\w{3,12} )?(?:prompt|instrucciones|directrices)|(?:prompt|instrucciones|mensaje) (?:del |de )?sistema)'],
  ['(?:zeig\\w{0,2}|nenn\\w{0,2}|gib|verrate?\\w{0,2}|wiederhol\\w{0,2}|druck\\w{0,2}|schreib\\w{0,2}|ubersetz\\w{0,2}|was (?:sind|steht in|ist|lautet)|wie laute[nt]{1,2})', '(?:(?:dein|ihr)\\w{0,2} (?:\\w{3,20} )?(?:system-?\\w{0,14}|anweisungen|instruktionen|prompt|vorgaben)|system-?(?:prompt|anweisung|nachricht)\\w{0,3})'],
  ['(?:mostr[ae]r?(?:-me)?|revel[ae]r?|diga|repit[ae]|imprim[ae]|escrev[ae]|qua(?:l|is) (?:e|sao)|traduz[ae]?)', '(?:(?:seu|suas?|teu|tuas) (?:\\w{3,12} )?(?:prompt|instrucoes|diretrizes)|(?:prompt|instrucoes|mensagem) (?:do |de )?sistema)'],
  ['(?:mostra\\w{0,3}|rivela\\w{0,3}|dimmi|ripeti|stampa|scrivi|quali sono|qual e)', '(?:(?:tuo|tue|tuoi|vostre|sue) (?:\\w{3,12} )?(?:prompt|istruzioni|direttive)|(?:prompt|istruzioni|messaggio) (?:di |del )?sistema)'],
  ['(?:toon|laat|geef|herhaal|onthul|vertel|wat (?:is|zijn))', '(?:(?:je|jouw|uw) (?:\\w{3,12} )?(?:systeem\\w{0,12}|prompt|instructies)|systeemprompt|systeeminstructies)'],
  ['(?:pokaz\\w{0,2}|ujawnij|wyswietl\\w{0,2}|powtorz\\w{0,2}|podaj|wypisz)', '(?:(?:swoje?|twoje?) (?:\\w{3,12} )?(?:prompt|instrukcje|wytyczne)|(?:prompt|instrukcje|polecenia) systemow\\w{1,2})'],
  ['(?:покажи\\S{0,3}|раскрои\\S{0,3}|выведи\\S{0,3}|повтори\\S{0,3}|напиши\\S{0,3}|скажи\\S{0,3}|какие|каков\\S{0,3}|перечисли\\S{0,3})', '(?:(?:сво|тво|ваш)\\S{0,4} (?:\\S{3,14} )?(?:инструкц|промпт|подсказк|указани)|системн\\S{1,4} (?:инструкц|промпт|подсказк|сообщен|запрос))'],
  ['(?:покажи\\S{0,3}|розкрии\\S{0,3}|виведи\\S{0,3}|повтори\\S{0,3})', '(?:сво|тво|системн)\\S{1,4} (?:\\S{3,14} )?(?:інструкц|промпт|підказк)'],
  ['(?:显示|顯示|告诉我|告訴我|输出|輸出|重复|重複|展示|说出|說出|打印|给我|給我|泄露|透露)', '(?:系统(?:提示词?|指令|消息|提示语)|系統(?:提示詞?|指令)|(?:你|您)的(?:初始|原始|系统|系統|隐藏|内部)?(?:提示词?|指令|指示))'],
  ['(?:システム(?:プロンプト|メッセージ|指示)|初期(?:指示|プロンプト|設定)|あなたの(?:指示|プロンプト|命令))', '(?:教え|表示|見せ|出力|繰り返|開示|書い)'],
  ['(?:시스템 ?(?:프롬프트|메시지|지시|지침|명령)|(?:너의|당신의|네) (?:\\S{1,6} )?(?:지침|지시|프롬프트|명령))', '(?:보여|알려|출력|말해|공개|반복)'],
  ['(?:اظهر|أظهر|اعرض|اكشف|اطبع|اخبرني|أخبرني|كرر)', '(?:موجه النظام|تعليمات النظام|تعليماتك|رسالة النظام)'],
  ['(?:tampilkan|tunjukkan|perlihatkan|sebutkan|ulangi|cetak)', '(?:prompt sistem|instruksi (?:sistem|awal|anda|mu)|perintah sistem|prompt anda)'],
  ['(?:sistem (?:istem|prompt|talimat|mesaj)\\S{0,6}|talimatlarin\\S{0,4})', '(?:goster|yazdir|soyle|paylas|tekrarla)'],
  ['(?:cho toi (?:xem|biet)|hien thi|tiet lo|in ra|nhac lai)', '(?:prompt he thong|huong dan he thong|chi dan he thong|loi nhac he thong)'],
  ['(?:सिस्टम (?:प्रॉम्प्ट|निर्देश\\S{0,4})|अपन\\S{1,2} निर्देश\\S{0,4})', '(?:दिखा|बता|दोहरा|प्रकट)'],
  ['(?:visa|beratta|skriv ut|upprepa|vis|gentag|gjenta)', '(?:(?:din|dina|ditt|dine) (?:\\w{3,12} )?(?:systemprompt|prompt|instruktioner|instruksjoner)|systemprompt\\w{0,3})'],
]; // prettier-ignore

export const SHOW_IN_OTHER_LANGUAGES = new RegExp(
  PAIRS.map(([first, second]) => `${first}[^.!?\\n。]{0,40}?${second}`).join('|'),
);
