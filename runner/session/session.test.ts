import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { QUICK } from '../testing/harness.ts';
import { until } from '../testing/until.ts';
import { useStage } from '../testing/use-stage.ts';

describe('a linked session', () => {
  const stage = useStage();
  const running = (session: string): number => stage().whatsapp.running(session).length;

  it('gets a new engine after a crash, and its neighbour notices nothing', async () => {
    const { edge, whatsapp } = stage();
    const [broken, neighbour] = [edge.addSession(), edge.addSession()];
    await stage().startHere();
    await Promise.all([edge.online(broken), edge.online(neighbour)]);
    whatsapp.engineOf(broken).crash();
    await until(
      'the second engine runs',
      () => whatsapp.engines.length === 3 && running(broken) === 1,
    );
    await edge.online(broken);
    const message = edge.queue(neighbour, 'undisturbed');
    await edge.call(`/v1/sessions/${neighbour}/doorbell`, { queueSeq: message.queueSeq });
    expect(await edge.settled(message)).toBe('sent');
    expect(edge.session(broken).statuses.slice(-2)).toEqual(['reconnecting', 'online']);
    expect(edge.session(neighbour).statuses.at(-1)).toBe('online');
    expect(whatsapp.engines.filter(({ options }) => options.sessionId === neighbour)).toHaveLength(
      1,
    );
  });

  it('ignores events of a dead engine', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    await stage().startHere();
    await edge.online(session);
    const first = whatsapp.engineOf(session);
    first.crash();
    await until(
      'the second engine runs',
      () => whatsapp.engines.length === 2 && running(session) === 1,
    );
    await until('it is online', () => edge.session(session).statuses.at(-1) === 'online');
    const told = edge.reports.length;
    first.emit({ type: 'logged_out', reason: 'LOGOUT' });
    first.emit({ type: 'closed', reason: 'crashed', detail: 'again' });
    const message = edge.queue(session, 'still here');
    await edge.call(`/v1/sessions/${session}/doorbell`, { queueSeq: message.queueSeq });
    expect(await edge.settled(message)).toBe('sent');
    expect(edge.reports.slice(told).map(({ report }) => report.kind)).toEqual(['message.settled']);
    expect(running(session)).toBe(1);
  });

  it('never has two engines, however often it is stopped and started', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    await stage().startHere();
    await edge.online(session);
    for (let round = 0; round < 5; round += 1) {
      edge.session(session).wanted = false;
      await edge.call('/v1/wake', {});
      if (round % 2 === 0) await until('it is stopped', () => running(session) === 0);
      edge.session(session).wanted = true;
      edge.session(session).owner = null;
      await edge.call('/v1/wake', {});
      await until('it runs', () => running(session) === 1);
    }
    const engines = whatsapp.engines;
    for (const [index, engine] of engines.entries())
      expect(engine.up).toBe(index === engines.length - 1);
  });

  it('is not started again after a conflict', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    await stage().startHere();
    await edge.online(session);
    whatsapp.engineOf(session).emit({ type: 'closed', reason: 'conflict', detail: 'CONFLICT' });
    await until(
      'it is disconnected',
      () => edge.session(session).statuses.at(-1) === 'disconnected',
    );
    await until('its engine is stopped', () => running(session) === 0);
    expect(whatsapp.engines).toHaveLength(1);
  });

  it('stays logged out after LOGOUT until someone asks for a code, and then starts from nothing', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    await stage().startHere();
    await edge.online(session);
    whatsapp.engineOf(session).emit({ type: 'logged_out', reason: 'LOGOUT' });
    await until('it is logged out', () => edge.session(session).statuses.at(-1) === 'logged_out');
    await until('its engine is stopped', () => running(session) === 0);
    expect(whatsapp.engines).toHaveLength(1);

    await edge.command(session, 'qr', { waitMs: 5_000 });
    await until('a second engine', () => whatsapp.engines.length === 2);
    await edge.online(session);
    expect(edge.session(session).statuses.slice(-4)).toEqual([
      'starting',
      'qr',
      'authenticating',
      'online',
    ]);
    expect(existsSync(join(stage().dataDir, 'data/sessions', session, 'quarantined-profile'))).toBe(
      true,
    );
  });

  it('is reconnecting, not starting, when a new boot finds it linked', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    const first = await stage().startHere();
    await edge.online(session);
    await first.stop();
    edge.session(session).statuses.length = 0;
    await stage().startHere();
    await edge.online(session);
    expect(edge.session(session).statuses).toEqual(['reconnecting', 'online']);
  });

  it('is unlinked, and removed from the disk, when it was deleted', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    await stage().startHere();
    await edge.online(session);
    const folder = join(stage().dataDir, 'data/sessions', session);
    expect(existsSync(folder)).toBe(true);
    edge.sessions.delete(session);
    await edge.call('/v1/wake', {});
    await until('its folder is gone', () => !existsSync(folder));
    expect(whatsapp.engineOf(session).calls).toContain('logout');
    expect(running(session)).toBe(0);
  });

  it('waits for the network, and sends when it is back', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    await stage().startHere();
    await edge.idle(session);
    const engine = whatsapp.engineOf(session);
    engine.emit({ type: 'connection', connected: false, detail: 'TIMEOUT' });
    const message = edge.queue(session, 'later');
    await edge.call(`/v1/sessions/${session}/doorbell`, { queueSeq: message.queueSeq });
    expect(message.status).toBe('queued');
    engine.emit({ type: 'connection', connected: true, detail: 'CONNECTED' });
    expect(await edge.settled(message)).toBe('sent');
  });
});

describe('a session that is not linked', () => {
  const stage = useStage({ autoLink: false });

  it('shows its code on request, keeps it out of log and disk, and is online after the scan', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    await stage().startHere();
    const qr = `2@fake-${session}`;
    await until('the edge has the code', () => edge.told(session, 'session.qr')[0]?.qr === qr);
    const { response } = await edge.command(session, 'qr', { waitMs: 5_000 });
    expect(response).toEqual({ ok: true, result: { qr, expiresAt: expect.any(Number) } });
    expect(stage().logged.join('')).not.toContain(qr);
    whatsapp.engineOf(session).scan();
    await edge.online(session);
    expect((await edge.command(session, 'qr', { waitMs: 5_000 })).response).toEqual({
      ok: true,
      result: null,
    });
  });

  it('calls uncertain sends unknown when its link is gone', async () => {
    const { edge } = stage();
    const session = edge.addSession();
    const message = edge.queue(session, 'of another runner', { status: 'sending', claimEpoch: 0 });
    await stage().startHere();
    expect(await edge.settled(message)).toBe('unknown');
    expect(stage().wire()).toEqual([]);
  });

  it('restarts an engine that authenticates and is never ready', async () => {
    const { edge, whatsapp } = stage();
    const session = edge.addSession();
    const clock = new FakeClock(Date.now());
    await stage().startHere({ clock, timing: { ...QUICK, readyMs: 10_000 } });
    await until('a code', () => edge.told(session, 'session.qr').length === 1);
    const engine = whatsapp.engineOf(session);
    engine.emit({ type: 'authenticated' });
    await clock.advance(9_999);
    expect(engine.killed).toBe(false);
    await clock.advance(1);
    expect(engine.killed).toBe(true);
    await until('a new engine', async () => {
      await clock.advance(100);
      return whatsapp.engines.length === 2;
    });
  });
});
