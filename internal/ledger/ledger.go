// Package ledger is the append-only, signed log of an assessment: what was answered, reviewed, accepted and erased,
// in lines that nobody can change unseen.
//
// It is pure: bytes in, bytes out. It knows neither SQL nor reviews; what keeps the bytes is another package's business.
//
// Begin with [Entry], one line of the log. Lines are the leaves of a Merkle tree as in RFC 6962 ([LeafHash], [Root]),
// and a [Checkpoint] signs the root of the tree with the log's [Key]. Text that may have to be erased is not in the
// entry but beside it: a [Content], whose salted digest the entry holds. A [BundleWriter] packs all of it for an auditor,
// and [VerifyBundle] tells him offline whether it is whole.
//
// What signing cannot do: who holds key and storage can write another history and sign that. So each checkpoint that is
// kept elsewhere (in a report, a mail, another system) is worth having: given to [VerifyBundle] as a [Pin], it finds this.
package ledger
