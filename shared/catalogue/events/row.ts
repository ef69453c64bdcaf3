import { z } from 'zod';

/** One event type of the catalogue. */
export type EventRow = {
  /** When it occurs, in one sentence. */
  when: string;
  /** `data` of the event. */
  data: z.ZodObject;
  example: unknown;
  /** Names used by other systems. Whoever subscribes by an alias receives the event under it. */
  aliases: readonly string[];
  /** The fields of `data` that are content: sealed at rest, and erased when the workspace keeps it no longer. */
  content: readonly string[];
  /** The field of `data` that is a credential: never logged, and set to null after `expiresAt`. */
  credential: string | null;
};

/** Makes a row. It compiles only if its example fits its payload. */
export function event<
  const Aliases extends readonly string[] = [],
  Shape extends z.ZodRawShape = z.ZodRawShape,
>(row: {
  when: string;
  data: Shape;
  example: z.output<z.ZodObject<Shape>>;
  aliases?: Aliases;
  content?: readonly (keyof Shape & string)[];
  credential?: keyof Shape & string;
}) {
  return {
    when: row.when,
    data: z.object(row.data),
    example: row.example,
    // Without aliases, the type parameter is the empty list that it defaults to.
    aliases: (row.aliases ?? []) as Aliases,
    content: row.content ?? [],
    credential: row.credential ?? null,
  };
}

/** A time in an event. */
export const Time = z.iso.datetime();
