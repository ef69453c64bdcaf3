/** Of failures in a row the 1st, 2nd, 4th, 8th, … are told: what fails for a day fills no log. */
export const isWorthALine = (failures: number): boolean => Number.isInteger(Math.log2(failures));
