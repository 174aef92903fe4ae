import { phrase, plainWords, type Phrase } from "../phrase";
import { match, type AccessChange } from "./accessChange";
import type { AccessModel } from "./accessModel";
import { moreAndLess } from "./grantWords";
import { EVERYBODY, type RoleGrants } from "./roleGrants";

/**
 * What changes about what everybody may do in a database. Its profiles take from everybody what PostgreSQL gives: so the first
 * profiles of a database that is there shut others out. Pure.
 *
 * @param without databases that come or go as a whole
 */
export function everybodyChanges(
    before: AccessModel,
    after: AccessModel,
    without: ReadonlySet<string>,
): AccessChange[] {
    const { added, removed, kept } = match(everybody(before), everybody(after), ({ database }) => database);
    const there = ({ database }: RoleGrants) => !without.has(database);
    return [
        ...added.filter(there).map(({ database }): AccessChange => ({
            topic: "privileges",
            effect: "loses",
            database,
            sentence: phrase`Only who has a profile may connect to the database ${database} from now on.`,
        })),
        ...removed.filter(there).map(({ database }): AccessChange => ({
            topic: "privileges",
            effect: "changes",
            database,
            sentence: phrase`What everybody may do in the database ${database} is no longer for the stack to say; what its profiles took away does not come back by that.`,
        })),
        ...kept.flatMap((pair) =>
            moreAndLess(pair.before.privileges, pair.after.privileges, (effect, privileges) =>
                change(effect, pair.after.database, privileges),
            ),
        ),
    ];
}

function everybody({ roles }: AccessModel): RoleGrants[] {
    return roles.filter(({ role }) => role === EVERYBODY);
}

function change(effect: "gains" | "loses", database: string, privileges: Phrase): AccessChange {
    const sentence = phrase`Everybody who signs in ${plainWords(effect)} in the database ${database}: ${privileges}.`;
    return { topic: "privileges", effect, database, sentence };
}
