import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { bodyColumn, shownBody, shownSpec, specColumn } from './message.ts';
import type { MessageSpec } from './message.ts';

const rowSchema = z.object({
  id: z.string(),
  cron: z.string(),
  created_at: z.number(),
  next_at: z.number(),
  last_at: z.number().nullable(),
  paused: z.number().transform((flag) => flag === 1),
  delay_ms: z.number(),
  spec: specColumn,
  body: bodyColumn,
});
export type Schedule = z.infer<typeof rowSchema>;

const nextSchema = z.object({ next_at: z.number().nullable() });

/** Recurring publishes; `next_at` is when the next message is to be made. */
export type ScheduleTable = ReturnType<typeof createScheduleTable>;

export function createScheduleTable(db: DatabaseSync) {
  const save = db.prepare(
    `INSERT INTO schedules (id, cron, created_at, next_at, delay_ms, spec, body)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET cron = excluded.cron, next_at = excluded.next_at,
       delay_ms = excluded.delay_ms, spec = excluded.spec, body = excluded.body`,
  );
  const byId = db.prepare('SELECT * FROM schedules WHERE id = ?');
  const all = db.prepare('SELECT * FROM schedules ORDER BY created_at, id');
  const due = db.prepare(
    'SELECT * FROM schedules WHERE paused = 0 AND next_at <= ? ORDER BY next_at',
  );
  const next = db.prepare('SELECT min(next_at) AS next_at FROM schedules WHERE paused = 0');
  const fired = db.prepare('UPDATE schedules SET last_at = ?, next_at = ? WHERE id = ?');
  const pause = db.prepare('UPDATE schedules SET paused = 1 WHERE id = ?');
  const resume = db.prepare('UPDATE schedules SET paused = 0, next_at = ? WHERE id = ?');
  const remove = db.prepare('DELETE FROM schedules WHERE id = ?');

  return {
    /** Makes the schedule, or replaces the one with this id. */
    save(schedule: {
      id: string;
      cron: string;
      createdAt: number;
      nextAt: number;
      delayMs: number;
      spec: MessageSpec;
      body: Uint8Array;
    }): void {
      const { id, cron, createdAt, nextAt, delayMs, spec, body } = schedule;
      save.run(id, cron, createdAt, nextAt, delayMs, JSON.stringify(spec), body);
    },
    get(id: string): Schedule | undefined {
      return rowSchema.optional().parse(byId.get(id));
    },
    list(): Schedule[] {
      return z.array(rowSchema).parse(all.all());
    },
    due(now: number): Schedule[] {
      return z.array(rowSchema).parse(due.all(now));
    },
    nextAt(): number | undefined {
      return nextSchema.parse(next.get()).next_at ?? undefined;
    },
    markFired(id: string, firedAt: number, nextAt: number): void {
      fired.run(firedAt, nextAt, id);
    },
    pause(id: string): boolean {
      return pause.run(id).changes > 0;
    },
    resume(id: string, nextAt: number): void {
      resume.run(nextAt, id);
    },
    remove(id: string): boolean {
      return remove.run(id).changes > 0;
    },
  };
}

/** A schedule as `GET /v2/schedules/:id` shows it; `delay` in seconds. */
export function shownSchedule(schedule: Schedule): Record<string, unknown> {
  return {
    ...shownSpec(schedule.spec),
    ...shownBody(schedule.body),
    scheduleId: schedule.id,
    cron: schedule.cron,
    createdAt: schedule.created_at,
    destination: schedule.spec.url,
    retries: schedule.spec.maxRetries,
    ...(schedule.delay_ms > 0 && { delay: schedule.delay_ms / 1_000 }),
    isPaused: schedule.paused,
    nextScheduleTime: schedule.next_at,
    ...(schedule.last_at !== null && { lastScheduleTime: schedule.last_at }),
  };
}
