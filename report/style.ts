/** Colours for a terminal, or none where they are not wanted. */
export interface Style {
    good(text: string): string;
    bad(text: string): string;
    dim(text: string): string;
    bold(text: string): string;
}
