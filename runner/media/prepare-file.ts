import { rm } from 'node:fs/promises';
import type { OutboundContent } from '../../shared/catalogue/message-kinds.ts';
import { WorkLane } from '../work-lane.ts';
import { createFfmpeg, type MediaSource } from './ffmpeg.ts';
import { makeSticker } from './sticker.ts';
import { makeVoice, type Sound } from './voice.ts';

/** A message's file as it is sent. `remove` takes away what was made for it, and the file itself. */
export type PreparedFile = {
  path: string;
  content: OutboundContent;
  sound: Sound | null;
  remove: () => Promise<void>;
};

export type FilePreparation = (content: OutboundContent, path: string) => Promise<PreparedFile>;

/**
 * Makes a file into what its kind of message is on WhatsApp. One is converted at a time: each takes a whole processor.
 * @param ffmpegPath the program, by path or by name
 * @throws AppError MEDIA_REJECTED or NOT_SUPPORTED; then nothing is left of the file
 */
export function createFilePreparation(ffmpegPath: string): FilePreparation {
  const ffmpeg = createFfmpeg(ffmpegPath);
  const lane = new WorkLane();
  const convert = async (
    content: OutboundContent,
    path: string,
    target: string,
  ): Promise<MediaSource & { sound?: Sound }> => {
    const source = { path, mimetype: content.mimetype ?? '' };
    if (content.type === 'voice') return lane.run(() => makeVoice(ffmpeg, source, target));
    if (content.type === 'sticker') return lane.run(() => makeSticker(ffmpeg, source, target));
    return source;
  };
  return async (content, path) => {
    const target = `${path}-made`;
    const remove = async (): Promise<void> => {
      await Promise.all([rm(path, { force: true }), rm(target, { force: true })]);
    };
    try {
      const made = await convert(content, path, target);
      const { mimetype, sound = null } = made;
      // The name that the file had says another type.
      const { filename: _, ...renamed } = content;
      const same = made.path === path ? content : renamed;
      return { path: made.path, content: { ...same, mimetype }, sound, remove };
    } catch (error) {
      await remove();
      throw error;
    }
  };
}
