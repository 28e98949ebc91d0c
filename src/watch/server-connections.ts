/** Keeps room for whoever has a request: of connections that only stay open, the oldest give way. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** So many connections may wait with no request, or half of one. */
const mostWaiting = 64;
/** More than this at once, each with a whole request, are not taken. */
const mostAtAll = 1_024;

/** Sees to it that connections without a request, however many, keep nobody out. */
export function makeRoom(server: Server): void {
  // In the order in which they began to wait.
  const waiting = new Set<Socket>();
  const wait = (socket: Socket): void => {
    if (socket.destroyed) return;
    waiting.add(socket);
    if (waiting.size <= mostWaiting) return;
    const [oldest] = waiting;
    waiting.delete(oldest!);
    oldest!.destroy();
  };
  server.maxConnections = mostAtAll;
  server.on('connection', (socket) => {
    socket.once('close', () => waiting.delete(socket));
    wait(socket);
  });
  server.on('request', ({ socket }, response) => {
    waiting.delete(socket);
    response.once('close', () => wait(socket));
  });
}
