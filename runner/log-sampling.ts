/** Of failures in a row only the 1st, 2nd, 4th, 8th, … are logged, so that a day of failures does not fill the log. */
export const shouldLogFailure = (failures: number): boolean =>
  Number.isInteger(Math.log2(failures));
