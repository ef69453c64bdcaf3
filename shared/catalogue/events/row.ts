import { z } from 'zod';

/** What the catalogue says of an event type. */
export type EventRow = {
  /** When it comes, in one sentence. */
  when: string;
  /** `data` of the event. */
  data: z.ZodObject;
  example: unknown;
  /** Names that the source systems use; whoever subscribes by one gets the event under it. */
  aliases: readonly string[];
  /** The field of `data` that is a credential: never logged, and set to null once `expiresAt` has passed. */
  credential: string | null;
};

/** One row of the catalogue. Its example has to fit its payload, or it does not compile. */
export function event<
  const Aliases extends readonly string[] = [],
  Shape extends z.ZodRawShape = z.ZodRawShape,
>(row: {
  when: string;
  data: Shape;
  example: z.output<z.ZodObject<Shape>>;
  aliases?: Aliases;
  credential?: keyof Shape & string;
}) {
  return {
    when: row.when,
    data: z.object(row.data),
    example: row.example,
    // Without aliases, the type parameter is the empty list that it defaults to.
    aliases: (row.aliases ?? []) as Aliases,
    credential: row.credential ?? null,
  };
}

/** A time as events carry it. */
export const Time = z.iso.datetime();
