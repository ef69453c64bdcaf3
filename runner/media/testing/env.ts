/** The ffmpeg that tests run. */
export const testFfmpeg = (): string => process.env['FFMPEG_PATH'] ?? 'ffmpeg';
