// The client code of the document that Keepsake was asked for from, as it stands there but for
// the address, the token and the conversation, which come from the command line; and it leaves after
// the reply. `import io from 'socket.io-client'` is spelled so that web/node_modules is found.
import { createRequire } from 'node:module';
const io = createRequire(new URL('../../web/package.json', import.meta.url))('socket.io-client');
const [url, token, conversationId] = process.argv.slice(2);

const socket = io(url, {
  auth: {
    token
  }
});

// Join conversation
socket.emit('conversation:join', { conversationId });

// Send message
socket.emit('message:send', {
  conversationId,
  content: 'Hello!',
  type: 'text'
});

// Listen for responses
socket.on('message:received', (message) => {
  console.log('New message:', message.senderId, message.content);
  if (message.senderType === 'character') socket.close();
});

// Typing indicator
socket.on('typing:indicator', ({ userId, isTyping }) => {
  console.log(`User ${userId} is ${isTyping ? 'typing' : 'stopped typing'}`);
});
