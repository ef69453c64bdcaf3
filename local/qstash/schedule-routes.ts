import { newId } from './accept.ts';
import { nextCronTime, parseCron } from './cron.ts';
import { HttpError } from '../http.ts';
import { parsePublish } from './publish-request.ts';
import type { Route } from './routes.ts';
import { shownSchedule } from './schedule-table.ts';
import type { Schedule } from './schedule-table.ts';
import type { Store } from './store.ts';

type Deps = { store: Store; now: () => number; wake: () => void };

/** @throws HttpError 400 when the expression is wrong or never fires. */
function nextFiring(cron: string, now: number): number {
  let next: number | undefined;
  try {
    next = nextCronTime(parseCron(cron), now);
  } catch (error) {
    throw new HttpError(400, `invalid Upstash-Cron "${cron}" (five fields, UTC): ${String(error)}`);
  }
  if (next === undefined) throw new HttpError(400, `Upstash-Cron "${cron}" never fires`);
  return next;
}

/** `/v2/schedules`: create or replace, list, get, delete, pause, resume. */
export function scheduleRoutes({ store, now, wake }: Deps): Route[] {
  const one = (id: string): Schedule => {
    const schedule = store.schedules.get(id);
    if (schedule === undefined) throw new HttpError(404, `schedule ${id} not found`);
    return schedule;
  };

  return [
    {
      method: 'POST',
      path: '/v2/schedules/',
      raw: true,
      handle: ({ rawRest, headers, body }) => {
        const at = now();
        const cron = headers['upstash-cron'];
        if (typeof cron !== 'string')
          throw new HttpError(400, 'the Upstash-Cron header is missing');
        const asked = parsePublish({ destination: rawRest, headers, body, now: at });
        const wantedId = headers['upstash-schedule-id'];
        const id = typeof wantedId === 'string' ? wantedId : newId('scd');
        store.schedules.save({
          id,
          cron,
          createdAt: at,
          nextAt: nextFiring(cron, at),
          delayMs: asked.dueAt - at,
          spec: asked.spec,
          body,
        });
        wake();
        return { status: 200, body: { scheduleId: id } };
      },
    },
    {
      method: 'GET',
      path: '/v2/schedules',
      handle: () => ({ status: 200, body: store.schedules.list().map(shownSchedule) }),
    },
    {
      method: 'GET',
      path: '/v2/schedules/:id',
      handle: (_request, id) => ({ status: 200, body: shownSchedule(one(id)) }),
    },
    {
      method: 'DELETE',
      path: '/v2/schedules/:id',
      handle: (_request, id) => {
        store.schedules.remove(one(id).id);
        return { status: 200 };
      },
    },
    {
      method: 'PATCH',
      path: '/v2/schedules/:id/pause',
      handle: (_request, id) => {
        store.schedules.pause(one(id).id);
        return { status: 200 };
      },
    },
    {
      method: 'PATCH',
      path: '/v2/schedules/:id/resume',
      handle: (_request, id) => {
        store.schedules.resume(id, nextFiring(one(id).cron, now()));
        wake();
        return { status: 200 };
      },
    },
  ];
}
