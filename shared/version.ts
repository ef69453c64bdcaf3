/** Of Waypost, as in package.json and CHANGELOG.md. Edge and runners state it, so that the operator sees what runs where. */
export const VERSION = '0.1.0';
