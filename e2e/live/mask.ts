/** Takes phone numbers, WhatsApp's ids, links and quoted names out of a text that others may read. */
export const masked = (text: string): string =>
  text
    .replaceAll(/https?:\/\/\S+/g, '<link>')
    .replaceAll(/[\w.-]+@(?:c\.us|lid|g\.us|newsletter|s\.whatsapp\.net)/g, '<id>')
    .replaceAll(/\+?\d[\d ().-]{5,}\d/g, '<number>')
    .replaceAll(/[“"‘'][^“”"‘’']{1,100}[”"’']/g, '<text>');
