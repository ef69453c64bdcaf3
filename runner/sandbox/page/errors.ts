/** The error the library knows: most of its methods turn it into false or undefined. */
export class ServerStatusCodeError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ServerStatusCodeError';
    this.status = status;
  }
}

/** The socket went away before the world answered. */
export class ConnectionLostError extends Error {
  constructor() {
    super('connection lost');
    this.name = 'ConnectionLostError';
  }
}
