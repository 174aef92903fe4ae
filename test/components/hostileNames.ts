import fc from "../support/properties";
import { roleNameProblem } from "../../components/index";

/** Names that have broken quoting somewhere. All of them are names of roles. */
export const HOSTILE_NAMES = [
    "ada@contoso.com",
    "guest_home.org#EXT#@contoso.onmicrosoft.com",
    "Prod DB Readonly",
    " edges ",
    "o'brien",
    'the "boss"',
    "back\\slash",
    "ends in a backslash\\",
    "two\\\\",
    "50% off",
    "%PATH%",
    "%20",
    " B\u0307",
    "100%",
    "$HOME `id` $(id)",
    "a&b|c<d>e^f(g)h",
    "!bang!",
    "semi;colon=equals,comma",
    "{braces} [brackets] *?~",
    "-dash",
    "Jürgen 日本",
    "‘typographic’ ‚quotes‛ “double”",
    "😀",
    "sslmode=disable",
    "x' host=evil.example user='y",
    "a?b/c:d@e#f+g",
    "'",
    '"',
    "\\",
    "%",
];

/** Any name that a role can have, with many characters that have a meaning somewhere. */
export const anyName = fc
    .array(
        fc.oneof(
            fc.constantFrom(..."'\"\\%$`&|<>^()!;=,@#?/:+ -‘’‚‛“”"),
            fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
        ),
        {
            minLength: 1,
            maxLength: 20,
        },
    )
    .map((parts) => parts.join(""))
    .filter((name) => roleNameProblem(name) === undefined);
