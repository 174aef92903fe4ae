import { terminalTable, type Column } from "../report/terminalTable";
import { ACTIONS, type Action, type PrivilegeResult } from "./privilegeAttempt";
import type { Style } from "../report/style";

/** What every principal may do in every database, tried by SQL; where it is not as expected, the cell says so. */
export function privilegeTable(results: PrivilegeResult[], style: Style, width: number): string {
    const columns: Column<PrivilegeResult>[] = [
        { title: "", value: (r) => (r.asExpected ? style.good("✓") : style.bad("✗")) },
        { title: "as role", value: (r) => r.role },
        { title: "database", value: (r) => r.database },
        { title: "profile", value: (r) => r.profiles.join(", ") || style.dim("none") },
        ...ACTIONS.map((action) => ({
            title: action,
            value: (r: PrivilegeResult) => cell(r, action, style),
        })),
    ];
    if (results.some((r) => r.problem))
        columns.push({ title: "problem", value: (r: PrivilegeResult) => r.problem ?? "" });
    const wrong = results.filter((r) => !r.asExpected).length;
    const summary =
        wrong === 0
            ? style.good(
                  `All privileges of ${results.length} pairs of a principal and a database are as expected.`,
              )
            : style.bad(
                  `${wrong} of ${results.length} pairs of a principal and a database are not as expected.`,
              );
    const title = "What everybody may do, tried on a table that an owner made after the deployment:";
    return `\n${title}\n${terminalTable(columns, results, width)}\n${summary}\n`;
}

function cell(result: PrivilegeResult, action: Action, style: Style): string {
    const [may, did] = [result.expected.includes(action), result.seen.includes(action)];
    if (may === did) return did ? "yes" : style.dim("no");
    return style.bad(did ? "yes, expected no" : "no, expected yes");
}
