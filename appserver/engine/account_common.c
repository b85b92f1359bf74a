/*
 * Which passwords others would try first. No list of stolen passwords is kept
 * here; what makes nearly all of them common are a few habits, and these are
 * rules: a word or a name that everybody thinks of, dressed up with digits at
 * its ends or digits for letters; a way over the keyboard, up the alphabet or
 * the numbers; the same again and again; a day of the calendar. The words are
 * the commonest ones of several languages, made lower-case, and each stands for
 * all that is dressed up of it.
 */

#include "account.h"

#include <stdio.h>
#include <string.h>

#define LONGEST 40 /* characters; what is longer is no common word any more */
#define EXTRA_MOST 5
#define PIECE_LEAST 3
#define PIECES_MOST 3

/* Ways that fingers go; each also backwards. */
static const char *const ways[] = {
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "qwertzuiop",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "a1b2c3d4e5f6g7h8i9",
    "1a2b3c4d5e6f7g8h9i",
    "!@#$%^&*()_+",
    "!\"#$%&/()=?",
    "112233445566778899",
    "aabbccddeeffgghh",
    "147258369",
    "159357",
    "789456123",
    "741852963",
    "zaqxswcdevfrbgtnhymju",
    "zaq12wsxcde34rfvbgt56yhn",
};

static const char words[] =
    " abcdef access account adelaide admin administrator africa airborne "
    "airplane "
    "albert alejandra alejandro alexander alexandra alexandre alexis alfredo "
    "alison amanda amazing amber america american amorcito anaconda anderson "
    "andrea andreas andrew android andromeda angel angela angelica angelina "
    "angelito animal anonymous anthony antonio anything apollo apple applepie "
    "april aquarius arsenal arthur asdf ashley asshole athena atlanta august "
    "aurora austin australia avalon azerty baby babyblue babydoll babyface "
    "babygirl babylon babylove backspace badboy bailey banana bandit barbara "
    "barcelona baseball basket basketball batman beach bear beatles beatrice "
    "beautiful beauty beaver benjamin berlin bernardo bestfriend bestfriends "
    "biggie bigdaddy bigfoot bigdog bill billabong billy bird birthday bitch "
    "black blackbird blackjack blackcat blahblah blaster blazer blessed "
    "blessing "
    "blizzard blonde blowfish blue bluebird blueeyes bluefish boomer booboo "
    "boston bonjour bradley brandon brandy brasil brazil brewster brian "
    "britney "
    "brittany broadway broncos brooklyn brother brownie bubble bubblegum "
    "bubbles "
    "buddy buffalo bulldog bullshit business buster butter buttercup butterfly "
    "butthead calendar california camaro camera cameron campbell canada candy "
    "capricorn captain cardinal carlito carlitos carlos carmen carolina "
    "caroline "
    "carpenter carter casper cassandra catalina catherine catwoman celtic "
    "challenge challenger chameleon champion chance change changeit changeme "
    "charles charlie charlotte cheese cheerleader chelsea cherry chester "
    "chicago "
    "chicken chiquita chocolat chocolate chris chrisbrown christian christina "
    "christine christmas christopher church cinderella classic claudia "
    "clueless "
    "cocacola coffee college colombia colorado columbia comcast commander "
    "company "
    "computer concorde confused connect control cookie cookies coolness cooper "
    "corvette courtney cowboy cowboys crawford creative crescent cricket "
    "cristian "
    "cristina crystal cutiepie daddy daisy dakota dallas daniel daniela "
    "danielle "
    "danger darkangel darkness darkstar database david deadhead december "
    "default "
    "delfin denise denver depeche desktop destiny devil diamond diamonds "
    "dictionary "
    "digital dinosaur direct director discovery disney doctor dolphin dolphins "
    "dominique donald dontknow douglas downtown dragon dragonfly dreams "
    "drowssap "
    "eagle eagles eclipse edward einstein electric elephant elizabeth emily "
    "emmanuel "
    "england enter enterprise eminem erotic estrella europe everest everton "
    "excalibur excellent explorer extreme falcon family fantasy fashion "
    "favorite "
    "fearless february felipe ferguson fernanda fernando ferrari fireball "
    "firebird "
    "firefly fishing flamingo fletcher florence florida flower flowers "
    "football "
    "forever fountain france francesco francis francisco francois franklin "
    "freddy "
    "frederic freebird freedom freeman freestyle friday friend friends "
    "friendship "
    "fuckface fucking fuckme fuckoff fuckyou fussball gabriel gabriela "
    "gabriell "
    "galaxy gandalf garfield gangster gateway geheim general genesis george "
    "georgia "
    "german germany geronimo giants ginger girl giovanni goddess godzilla "
    "golden "
    "goldfish golfer good goodbye goodluck google gorgeous grace grandma "
    "grateful "
    "green greenday gretchen guitar guinness guest hacker hallo halloween "
    "hamburg "
    "hammer hamilton hannah happy happyday hardcore harley harrison harry "
    "harrypotter hawaii hawkeye heather heaven hedgehog hello hellohello "
    "hellokitty "
    "helpme hercules hernandez heythere highland history hockey holiday "
    "hollywood "
    "homer honda honey hongkong horses hotdog hotstuff hottie house houston "
    "hunter "
    "hurricane icecream idontknow ihateyou iloveu iloveyou iloveme ilovegod "
    "ilovehim "
    "ilovejesus imissyou impala india indonesia infinity inside internet "
    "intrepid "
    "inuyasha ireland isabella isabelle island italia jackass jackson jaguar "
    "jamaica "
    "james jamesbond january jasmine jasper jeanette jeffrey jennifer jeremiah "
    "jeremy "
    "jessica jesucristo jesus jesuschrist johannes john johnson johncena "
    "jonathan "
    "jordan joseph joshua julian julia july junior june justdoit justin "
    "justice "
    "kangaroo karina katerina katherine kathleen kawasaki kennwort kevin "
    "killer "
    "kimberly kingdom kingfish kitten kitty kittycat knight kristina kristine "
    "lacrosse lakers larry lasvegas lauren lawrence leather legend legolas "
    "leonardo "
    "letmein liberty library lifehack light lightning lincoln linkinpark "
    "lionking "
    "liverpool lizard logitech lollipop lollypop london lonestar longhorn "
    "lorraine "
    "losangeles love lovelove lovely loveme lover loverboy lovers loveyou "
    "lucky "
    "macintosh madonna maggie magic magnum mahalkita management manchester "
    "manager "
    "marathon margaret margarita maria marie marina marine mariposa marlboro "
    "marshall martin martinez maryjane master masters matrix matthew maurice "
    "mauricio "
    "maverick maxwell mclaren meatloaf mechanic melanie melissa member "
    "mercedes "
    "mercury merlin metallic metallica mexico michael michel michelle michigan "
    "mickey microsoft midnight mike milagros millenium millennium minecraft "
    "miracle "
    "mistress mitchell mobile modern monday money monica monkey monopoly "
    "monster "
    "montana montreal moonbeam moonlight morgan morpheus mortimer mother "
    "motorola "
    "mountain muffin munchkin murphy music mustang mypass mypassword myspace "
    "naruto "
    "nascar natalie natasha nathan national naughty nebraska nelson network "
    "newyork "
    "nicholas nicole nightmare nikita nintendo nirvana nissan nokia nothing "
    "notebook "
    "november number october oldman olivia online open orange orlando oscar "
    "packers "
    "panther panthers pantera paradise paris parker party pass passwd passwort "
    "password patches patricia patrick patriots pavilion peaches peanut "
    "pearljam "
    "penelope pepper perfect peterpan phantom phillips phoenix photo pictures "
    "pierre "
    "pineapple pinkfloyd pirate pizza platinum player playboy playgirl please "
    "pokemon polaris police poohbear popcorn porsche portland portugal "
    "postgres "
    "precious preciosa predator presario president pretty prince princesa "
    "princesita "
    "princess private prometheus property purple pussy pussycat qazwsx qwert "
    "qwerty "
    "rabbit rachel rachelle racing raiders rainbow ranger rangers raphael "
    "rebecca "
    "redskins redsox remember renegade republic research revolution reynolds "
    "ricardo "
    "richard richards richmond ripper rivera roadrunner robert roberto "
    "robinhood "
    "rocket rocknroll rockstar ronaldo rootbeer root rosebud russia ruthless "
    "sabrina "
    "sailor saints salasana samantha samson samsung samurai sandra santiago "
    "santos "
    "sapphire saturday savannah scarface scarlett school schatz scooby "
    "scoobydoo "
    "scooter scorpio scorpion scotland secret secrets security sebastian senha "
    "september server service sesame seven sexy sexybitch sexygirl sexymama "
    "shadow "
    "shakira shannon shelby shithead shopping signature silver simple simpson "
    "simpsons skater skateboard skipper skittles skywalker slayer slideshow "
    "slipknot "
    "smashing smokey smooth snickers sniper snoopdog snoopy snowball snowflake "
    "soccer "
    "softball soleil something sommer sonic soulmate southpark spanky sparky "
    "special spider spiderman spirit spitfire spongebob sporting spring "
    "squirrel "
    "stanley starbucks stargate starlight start startrek starwars steelers "
    "stephanie "
    "stephen sterling steven stewart stingray stranger strawberry student "
    "stupid "
    "success sugar summer summertime sunday sundance sunflower sunny sunrise "
    "sunset "
    "sunshine superfly superman supernova superstar support surfer susanne "
    "sverige "
    "sweet sweetheart sweetie sweetness sweetpea swimming swordfish sydney "
    "system "
    "tacobell taylor teacher teamo teddybear teiubesc tequiero temporal tennis "
    "teresa terminal terminator test tester testing texas thankyou thomas "
    "thompson "
    "thunder thunderbird thursday tiffany tiger tigers tigger timothy "
    "tinkerbell "
    "titanic together tomcat tommy toronto toyota training transfer "
    "transformer "
    "travel treasure trinity trombone trouble truelove trustme trustno tuesday "
    "turtle tweety twilight ultimate undertaker unicorn universe vacation "
    "valentin "
    "valentina valentine vampire vanessa vanilla vegeta veronica victor "
    "victoria "
    "victory viking vincent violet viper virginia vision volleyball voyager "
    "walker "
    "wallace walter warcraft warrior warriors water wednesday webmaster "
    "welcome "
    "western westlife westside whatever whiskey white whocares wilhelm william "
    "williams willie wilson windows winner winniethepooh winston winter wizard "
    "wolfgang wolves wolverine wonder woofwoof wordpass wrangler xavier yamaha "
    "yankees yellow yogibear zeppelin zidane ";

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

/* ------------------------------------------- again and again, and on and on */

/* Whether all of it is its first few characters again and again. */
static bool is_repeated(const char *text, size_t length)
{
    size_t unit;

    for (unit = 1; unit <= 4 && 2 * unit <= length; unit++) {
        if (memcmp(text, text + unit, length - unit) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_part(const char *whole, const char *part, size_t length)
{
    return memmem(whole, strlen(whole), part, length) != NULL;
}

static bool is_on_a_way(const char *text, size_t length)
{
    char backwards[LONGEST + 1] = {0};
    size_t i;

    for (i = 0; i < length; i++) {
        backwards[i] = text[length - 1 - i];
    }
    for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (has_part(ways[i], text, length) ||
            has_part(ways[i], backwards, length)) {
            return true;
        }
    }
    return false;
}

/* How much of the beginning is a way, or one character all along. */
static size_t longest_piece(const char *text, size_t length)
{
    size_t same = 1;

    while (same < length && text[same] == text[0]) {
        same++;
    }
    for (; length > same && length >= PIECE_LEAST; length--) {
        if (is_on_a_way(text, length)) {
            return length;
        }
    }
    return same;
}

/* "qwer1234", "abc123xyz", "aaaa1111". */
static bool is_made_of_ways(const char *text, size_t length)
{
    unsigned pieces;

    for (pieces = 0; pieces < PIECES_MOST && length > 0; pieces++) {
        size_t piece = longest_piece(text, length);

        if (piece < PIECE_LEAST && piece < length) {
            return false;
        }
        text += piece;
        length -= piece;
    }
    return length == 0;
}

static int number(const char *digits, int count)
{
    int value = 0;

    while (count-- > 0) {
        value = 10 * value + (*digits++ - '0');
    }
    return value;
}

static bool is_date(int day, int month, int year)
{
    return day >= 1 && day <= 31 && month >= 1 && month <= 12 && year >= 1900 &&
           year < 2100;
}

/* Eight digits that are a day: 31122001, 12312001, 20011231. */
static bool is_day(const char *text, size_t length)
{
    int first;
    int second;

    if (length != 8 || strspn(text, "0123456789") != 8) {
        return false;
    }
    first = number(text, 2);
    second = number(text + 2, 2);
    return is_date(first, second, number(text + 4, 4)) ||
           is_date(second, first, number(text + 4, 4)) ||
           is_date(number(text + 6, 2), number(text + 4, 2), number(text, 4));
}

/* --------------------------------------------------------------- words */

static bool is_listed(const char *text, size_t length)
{
    char word[LONGEST + 3];

    if (length < PIECE_LEAST || length > LONGEST) {
        return false;
    }
    snprintf(word, sizeof(word), " %.*s ", (int)length, text);
    return strstr(words, word) != NULL;
}

/* One word, or two: "ilovedragons" is no better than "dragon". */
static bool is_word_or_two(const char *text, size_t length)
{
    size_t first;

    if (is_listed(text, length) ||
        (length > PIECE_LEAST && text[length - 1] == 's' &&
         is_listed(text, length - 1))) {
        return true;
    }
    for (first = PIECE_LEAST; first + PIECE_LEAST <= length; first++) {
        if (is_listed(text, first) && is_listed(text + first, length - first)) {
            return true;
        }
    }
    return false;
}

static char letter_for(char c, char one)
{
    static const char digits[] = "@4031!57$";
    static const char letters[] = "aaoe**sts";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    if (at == NULL) {
        return c;
    }
    return letters[at - digits] == '*' ? one : letters[at - digits];
}

/* Without what stands around the letters, when that is little or a way. */
static bool is_dressed_word(const char *text, size_t length)
{
    const char *end = text + length;
    const char *from = text;
    const char *to = end;
    size_t before;
    size_t behind;

    while (from < to && !is_letter(*from)) {
        from++;
    }
    while (to > from && !is_letter(to[-1])) {
        to--;
    }
    before = (size_t)(from - text);
    behind = (size_t)(end - to);
    return (before + behind <= EXTRA_MOST ||
            (before == 0 && is_made_of_ways(to, behind)) ||
            (behind == 0 && is_made_of_ways(text, before))) &&
           is_word_or_two(from, (size_t)(to - from));
}

/* "p@ssw0rd1": as it is, and with the letters that digits stand for. */
static bool is_word(const char *text, size_t length)
{
    static const char ones[] = {'i', 'l'};
    char plain[LONGEST + 1];
    size_t behind = 0;
    size_t o;
    size_t i;

    if (is_dressed_word(text, length)) {
        return true;
    }
    while (behind < length && !is_letter(text[length - 1 - behind])) {
        behind++;
    }
    for (o = 0; o < sizeof(ones); o++) {
        /* What stands at its end may be what it is. */
        size_t kept = behind;

        do {
            for (i = 0; i < length; i++) {
                plain[i] =
                    i + kept < length ? letter_for(text[i], ones[o]) : text[i];
            }
            plain[length] = '\0';
            if (is_dressed_word(plain, length)) {
                return true;
            }
        } while (kept-- > 0);
    }
    return false;
}

bool account_password_is_common(const char *password)
{
    size_t length = strlen(password);
    char text[LONGEST + 1];
    size_t i;

    if (is_repeated(password, length)) {
        return true;
    }
    if (length > LONGEST) {
        return false;
    }
    for (i = 0; i < length; i++) {
        text[i] = lower(password[i]);
    }
    text[length] = '\0';
    return is_repeated(text, length) || is_made_of_ways(text, length) ||
           is_day(text, length) || is_word(text, length);
}
