export { createSocket, type SocketOptions } from './create-socket.ts';
