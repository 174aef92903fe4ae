import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** The doc comments of interfaces and enums by name; the analyzer leaves most of them out. */
export function typeDescriptions(folder: string): Record<string, string> {
    const files = readdirSync(folder).filter((file) => file.endsWith(".ts"));
    return Object.fromEntries(files.flatMap((file) => described(path.join(folder, file))));
}

function described(file: string): [string, string][] {
    const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
    return source.statements.flatMap((statement): [string, string][] => {
        if (!ts.isInterfaceDeclaration(statement) && !ts.isEnumDeclaration(statement)) return [];
        const comment = ts.getJSDocCommentsAndTags(statement).find(ts.isJSDoc)?.comment;
        const text = ts.getTextOfJSDocComment(comment);
        return text ? [[statement.name.text, text]] : [];
    });
}
