/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * Texts of the page whose contrast with what is behind them is too low, as WCAG 2 counts it. Runs in the browser: it must be whole in
 * itself.
 */
export function lowContrast(least: number): string[] {
    const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (color: string) => {
        const [r = 0, g = 0, b = 0] = channels(color).map((value) => {
            const share = value / 255;
            return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (element: Element | null): string => {
        if (!element) return "rgb(255, 255, 255)";
        const { backgroundColor } = getComputedStyle(element);
        return channels(backgroundColor)[3] === 0 ? ground(element.parentElement) : backgroundColor;
    };
    const found: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        const element = text.parentElement!;
        if (!text.textContent!.trim() || !element.checkVisibility() || element.closest("script, style"))
            continue;
        const [a, b] = [luminance(getComputedStyle(element).color), luminance(ground(element))];
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < least) found.push(`${contrast.toFixed(2)} ${text.textContent!.trim().slice(0, 40)}`);
    }
    return found;
}
