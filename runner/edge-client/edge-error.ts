/**
 * `unreachable`: no answer, or one that says "later" (429, 5xx): the same call may work soon.
 * `refused`: the edge understood and refused; `status` is the reason, and `reason` where the route has several.
 */
export class EdgeError extends Error {
  readonly kind: 'unreachable' | 'refused';
  readonly status: number | null;
  readonly reason: string | null;

  constructor(
    kind: 'unreachable' | 'refused',
    status: number | null,
    message: string,
    reason: string | null = null,
  ) {
    super(message);
    this.name = 'EdgeError';
    this.kind = kind;
    this.status = status;
    this.reason = reason;
  }
}
