/** What the library mentions and the page does not have, each with the reason. An entry the page has is an error too. */
export const contractExceptions: { module: string; member: string; reason: string }[] = [];
