// Package wasim simulates WhatsApp at the level of the wire: a server that an unmodified client library connects to over
// its usual websocket, and the phones whose accounts that client links to.
//
// It exists for tests, demos and benchmarks. Nothing in it talks to the real service, and it listens on loopback only.
//
// # Parts
//
//   - Server accepts websockets (TCP or in memory), speaks the Noise handshake and the binary node protocol, and routes
//     stanzas between devices.
//   - Phone is an account's primary device. It is a client of the same server without a socket: it keeps Signal sessions,
//     scans QR codes, takes codes, writes, reads, answers receipts and retry requests, and keeps its app state and its past.
//     A contact is a Phone too; Computer is a device of a contact that the simulator runs itself, and a Behaviour makes a
//     contact read and answer by itself.
//   - Ledger records what was accepted from whom, queued for which device, acknowledged, decrypted and receipted. It is
//     the oracle for tests that promise that nothing is lost and nothing arrives twice. Server.Transcript is the same for
//     people.
//   - Fault makes the server misbehave on purpose.
//   - Sink is a linked device that decrypts nothing, for load.
//   - ControlHandler drives all of it over JSON when the simulator runs in another process.
//
// # Where to read what
//
// Each subject of the protocol has a file that begins with its stanzas, drawn with an arrow for each direction. A reader who
// does not know the protocol goes through them in this order. Beside them stand the sources of the two clients that the facts
// are from, whatsmeow (Go) and Baileys (JavaScript, below lib/).
//
//	bytes on the wire    frame.go, noise.go, handshake.go   socket/, handshake.go; Utils/noise-handler.js
//	pairing by QR        pairing.go, adv.go                 pair.go; Utils/validate-connection.js
//	pairing by code      pairing_code.go                    pair-code.go; Socket/socket.js, Socket/messages-recv.js
//	passkey demand       passkey.go, authenticator.go       pair-passkey.go
//	the passkey demand   passkey.go                         pair-passkey.go
//	login, its refusals  login.go, notices.go, greet.go     connectionevents.go; Socket/socket.js
//	keys                 prekeys.go, signal.go              prekeys.go; Utils/signal.js
//	a message            message.go, phone_send.go,         send.go, message.go; Socket/messages-send.js,
//	                     phone_receive.go                   Utils/decode-wa-message.js
//	receipts and acks    receipt.go                         receipt.go, retry.go; Socket/messages-recv.js
//	the offline queue    offline.go                         message.go; Utils/offline-node-processor.js
//	who has a number     usync.go, identity.go, devices.go  user.go, notification.go; Socket/chats.js
//	groups               group_iq.go, group_message.go,     group.go, send.go; Socket/groups.js
//	                     group_notice.go, group_receipt.go
//	kinds of messages    content.go, compose.go,            send.go, msgsecret.go; Utils/messages.js,
//	                     changes.go, poll.go, wirekind.go   Utils/process-message.js
//	media                media.go, media_host.go,           upload.go, download.go, mediaretry.go; Utils/messages-media.js
//	                     media_phone.go, blobs.go
//	app state            appstate.go, state_*.go,           appstate.go, appstate/; Utils/chat-utils.js
//	                     phone_chatstate.go
//	history              history.go, past.go                message.go; Utils/history.js
//	presence, profile    presence.go, picture.go, about.go, presence.go, user.go, privacysettings.go; Socket/chats.js
//	                     privacy.go, blocklist.go
//	how sessions end     faults.go, login.go, notices.go    connectionevents.go; Socket/socket.js
//	time-locks           timelock.go, mex.go                notification.go; Socket/messages-recv.js
//
// # How each fact is known
//
// No capture of the real service was available. A fact is one of three:
//
//   - what both clients check or need, which is most: their authors use them against the real service every day;
//   - what one of them does, where the other does not look: the file says so in its opening comment;
//   - a guess, where neither looks. The files and the README name those that a program could come to rely on: the times of
//     prekey notices, what stands on a page of app state or in a chunk of history, whether linked devices get what opens
//     once, which receipts are forwarded verbatim, what becomes of a number that was given up.
//
// Tests run the unmodified whatsmeow client against all of it, and the programs below fidelity the unmodified Baileys client.
// The README lists every feature, what is missing of it, and the test that shows it.
package wasim
