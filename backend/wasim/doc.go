// Package wasim simulates WhatsApp at the level of the wire: a server that an unmodified client library connects to over
// its usual websocket, and the phones whose accounts that client links to.
//
// It exists for tests, demos and benchmarks. Nothing in it talks to the real service, and it listens on loopback only.
//
// # Parts
//
//   - Server accepts websockets (TCP or in memory), speaks the Noise handshake and the binary node protocol, and routes
//     stanzas between devices. handshake.go, pairing.go, login.go, message.go, receipt.go, usync.go, prekeys.go,
//     offline.go, presence.go and appstate.go hold one protocol subject each, the files group_*.go those of groups.
//   - Phone is an account's primary device. It is a client of the same server without a socket: it keeps Signal sessions,
//     scans QR codes, writes, reads, answers receipts and retry requests. A contact is a Phone without linked devices.
//   - Ledger records what was accepted from whom, queued for which device, acknowledged, decrypted and receipted. It is
//     the oracle for tests that promise that nothing is lost and nothing arrives twice.
//   - Fault makes the server misbehave on purpose.
//   - ControlHandler drives all of it over JSON when the simulator runs in another process.
//
// # Where the facts come from
//
// The shape of the stanzas was taken from the behaviour and the sources of two clients that are used against the real
// service every day, whatsmeow and Baileys. No capture of the real service was available, so anything that neither client
// looks at is a guess, and the README names what is not simulated.
package wasim
