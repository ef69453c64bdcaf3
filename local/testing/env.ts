/** Whether tests that come in two sizes are to take the large one. */
export const isFullSize = (): boolean => process.env['FULL_SIZE'] === '1';
