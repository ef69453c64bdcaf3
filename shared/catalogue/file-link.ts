import { z } from 'zod';

/** A link that anyone may read a file by. */
export const FileLink = z
  .object({
    url: z.string().describe('Where anyone can read the file.'),
    expiresAt: z.iso.datetime().describe('Until then, if the file is kept for so long.'),
  })
  .meta({
    id: 'FileLink',
    description: 'A link to a file that needs no credential.',
    example: {
      url: 'https://waypost.example/files/med_01k2q8z6m4c8f7h3n5r9t1v0wx?expires=1795345200&signature=mJ0vQ',
      expiresAt: '2026-11-22T11:00:00.000Z',
    },
  });
