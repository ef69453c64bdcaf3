import { LEASE } from '../../shared/protocol/leases.ts';
import type { FleetAction, MachineFacts } from '../../edge/services/fleet/fleet-facts.ts';
import { choosePlacement, STARTS_PER_MINUTE } from '../../edge/runners/placement.ts';
import { type SimMachine, type SimSession, TIMES } from './things.ts';

/** The fleet and its sessions at one moment. Time moves by heartbeats; everything random comes from one seed. */
export class SimWorld {
  now = 0;
  moves = 0;
  readonly machines = new Map<string, SimMachine>();
  readonly sessions: SimSession[] = [];
  readonly waiting = new Set<SimSession>();
  /** Seconds from down to online, by cause. */
  readonly recoveries: { cause: string; ms: number }[] = [];
  readonly closedRegions = new Set<string>();
  readonly #random: () => number;
  readonly #capacity: number;
  readonly #starts = new Map<string, number>();
  #made = 0;

  constructor(options: { random: () => number; capacity: number }) {
    this.#random = options.random;
    this.#capacity = options.capacity;
  }

  between([low, high]: readonly [number, number]): number {
    return low + this.#random() * (high - low);
  }

  /** Machines that were ever asked for. */
  get created(): number {
    return this.#made;
  }

  isAlive(machine: SimMachine): boolean {
    return machine.state === 'started' && machine.aliveFrom <= this.now;
  }

  addSession(id: number, workspace: number, region: string): void {
    const session: SimSession = {
      id,
      workspace,
      region,
      machine: null,
      freeAt: this.now,
      downSince: this.now,
      onlineAt: 0,
      cause: 'created',
    };
    this.sessions.push(session);
    this.waiting.add(session);
    this.#place(session);
  }

  /** One heartbeat of every runner: boots and drains end, browsers come up, and what is free is handed out. */
  tick(): void {
    this.now += TIMES.heartbeatMs;
    for (const machine of this.machines.values()) this.#tickMachine(machine);
    for (const session of this.sessions) {
      if (session.downSince === null || session.machine === null) continue;
      if (session.onlineAt > this.now || !this.isAlive(session.machine)) continue;
      this.recoveries.push({ cause: session.cause, ms: session.onlineAt - session.downSince });
      session.downSince = null;
    }
    const handed = new Map<SimMachine, number>();
    for (const session of this.waiting) {
      if (session.freeAt > this.now) continue;
      const machine = this.#place(session);
      if (machine === null) continue;
      const count = (handed.get(machine) ?? 0) + 1;
      handed.set(machine, count);
      // Full until its next heartbeat.
      if (count >= TIMES.orphansPerHeartbeat) machine.draining = true;
    }
    for (const machine of handed.keys()) machine.draining = false;
  }

  /** The process dies and comes back on its machine; its sessions come back with it. */
  crash(machine: SimMachine): void {
    machine.aliveFrom = this.now + this.between(TIMES.crashRestartMs);
    for (const session of machine.carried)
      this.#restart(session, machine.aliveFrom, 'process died');
  }

  /** The machine is lost. What it carried is free when its leases have run out, or the fleet knows better. */
  lose(machine: SimMachine, cause: string): void {
    machine.state = 'failed';
    for (const session of machine.carried) {
      session.downSince ??= this.now;
      session.cause = cause;
      session.freeAt = this.now + LEASE.takeoverMs;
      this.waiting.add(session);
    }
  }

  /** Does what the plan says. */
  apply(action: FleetAction, image: string): void {
    switch (action.kind) {
      case 'create':
        return this.#create(action.region, image);
      case 'resume':
        return this.#resume(this.machines.get(action.machineId));
      case 'retire':
      case 'stop':
        return this.#retire(this.machines.get(action.machineId), action);
      case 'destroy':
        this.machines.delete(action.machineId);
        return;
      case 'forget':
        for (const [id, machine] of this.machines)
          if (machine.requestId === action.requestId) this.machines.delete(id);
        return;
      case 'declareDead': {
        const dead = this.machines.get(action.machineId);
        for (const session of dead?.carried ?? []) session.freeAt = this.now;
        return;
      }
      case 'silent':
      case 'heard':
        for (const machine of this.machines.values())
          if (machine.requestId === action.requestId)
            machine.silentAt = action.kind === 'silent' ? this.now : null;
    }
  }

  /** What `loadFleetRows` and the provider's list would say now. */
  facts(): { machines: MachineFacts[]; waiting: { region: string; count: number }[] } {
    const counts = new Map<string, number>();
    for (const { region, freeAt, machine } of this.waiting) {
      if (freeAt > this.now || machine?.state === 'failed') continue;
      counts.set(region, (counts.get(region) ?? 0) + 1);
    }
    return {
      machines: [...this.machines.values()].map((machine) => this.#factsOf(machine)),
      waiting: [...counts].map(([region, count]) => ({ region, count })),
    };
  }

  #factsOf(machine: SimMachine): MachineFacts {
    const refused = machine.refusedAt !== null;
    const since = (moment: number | null): number | null =>
      moment === null ? null : this.now - moment;
    return {
      requestId: machine.requestId,
      machineId: refused ? null : machine.runnerId,
      region: machine.region,
      image: machine.image,
      desired: machine.desired,
      ageMs: this.now - machine.madeAt,
      desiredForMs: this.now - machine.desiredAt,
      refused,
      state: refused ? null : machine.state,
      heartbeatAgeMs: since(machine.heardAt),
      bootId: null,
      heardSinceListed: false,
      silentForMs: since(machine.silentAt),
      sessions: machine.carried.size,
      maxSessions: machine.maxSessions,
      idleForMs: this.now - machine.busyAt,
    };
  }

  #tickMachine(machine: SimMachine): void {
    if (machine.state === 'starting' && machine.aliveFrom <= this.now) machine.state = 'started';
    if (machine.state === 'stopping' && (machine.stopsAt ?? 0) <= this.now)
      machine.state = 'stopped';
    if (this.isAlive(machine)) machine.heardAt = this.now;
    machine.heartbeatAgeMs =
      machine.heardAt === null ? LEASE.takeoverMs : this.now - machine.heardAt;
    if (machine.carried.size > 0) machine.busyAt = this.now;
    const minute = Math.floor(this.now / 60_000);
    if (machine.minuteOfStarts !== minute) machine.startsLastMinute = 0;
    machine.minuteOfStarts = minute;
  }

  /** The real decision, over what the machines look like now. */
  #place(session: SimSession): SimMachine | null {
    const key = `${session.workspace}@${Math.floor(this.now / 60_000)}`;
    const starts = this.#starts.get(key) ?? 0;
    const chosen = choosePlacement([...this.#able()], {
      region: session.region,
      workspaceStartsLastMinute: starts,
    });
    const machine = chosen === null ? undefined : this.machines.get(chosen.runnerId);
    if (machine === undefined) return null;
    this.#starts.set(key, starts + 1);
    if (session.machine !== null && session.machine !== machine) this.moves += 1;
    session.machine?.carried.delete(session);
    this.#refresh(session.machine);
    session.machine = machine;
    machine.carried.add(session);
    machine.startsLastMinute = (machine.startsLastMinute ?? 0) + 1;
    this.#refresh(machine);
    this.waiting.delete(session);
    // Three browsers start at a time.
    const turn = Math.ceil(Math.min(machine.startsLastMinute, STARTS_PER_MINUTE.runner) / 3);
    session.onlineAt = this.now + turn * this.between(TIMES.browserStartMs);
    return machine;
  }

  /** Those with room; the rest could not be chosen, and there are many. */
  *#able(): Generator<SimMachine> {
    for (const machine of this.machines.values())
      if (machine.sessions < machine.maxSessions && this.isAlive(machine)) yield machine;
  }

  #refresh(machine: SimMachine | null): void {
    if (machine !== null) machine.sessions = machine.carried.size;
  }

  #restart(session: SimSession, from: number, cause: string): void {
    session.downSince ??= this.now;
    session.cause = cause;
    session.onlineAt = from + this.between(TIMES.browserStartMs);
  }

  #create(region: string, image: string): void {
    this.#made += 1;
    const id = `m${this.#made}`;
    const closed = this.closedRegions.has(region);
    this.machines.set(id, {
      runnerId: id,
      bootId: 'boot',
      url: '',
      requestId: `mch_${id}`,
      region,
      image,
      maxSessions: this.#capacity,
      sessions: 0,
      draining: false,
      heartbeatAgeMs: LEASE.takeoverMs,
      startsLastMinute: 0,
      minuteOfStarts: 0,
      desired: 'running',
      desiredAt: this.now,
      madeAt: this.now,
      state: 'starting',
      refusedAt: closed ? this.now : null,
      aliveFrom: closed ? Number.POSITIVE_INFINITY : this.now + this.between(TIMES.machineBootMs),
      heardAt: null,
      silentAt: null,
      busyAt: this.now,
      stopsAt: null,
      carried: new Set(),
    });
  }

  #resume(machine: SimMachine | undefined): void {
    if (machine === undefined) return;
    machine.desired = 'running';
    machine.desiredAt = this.now;
    machine.state = 'starting';
    machine.cordoned = false;
    machine.aliveFrom = this.now + this.between(TIMES.machineBootMs);
  }

  /** It gives its sessions back as it drains, each to the runner that placement names. */
  #retire(machine: SimMachine | undefined, action: FleetAction): void {
    if (machine === undefined || machine.state !== 'started') return;
    if (action.kind === 'retire') {
      if (action.onlyEmpty && machine.carried.size > 0) return;
      machine.desired = action.to;
      machine.desiredAt = this.now;
    }
    machine.cordoned = true;
    machine.state = 'stopping';
    machine.stopsAt = this.now + this.between(TIMES.drainMs);
    for (const session of machine.carried) {
      session.downSince = this.now;
      session.cause = 'deploy';
      session.freeAt = this.now;
      this.waiting.add(session);
    }
  }
}
