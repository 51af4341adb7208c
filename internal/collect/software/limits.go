package software

// Limits bound what one file may cost, and how much is kept of all.
type Limits struct {
	// Text is how many bytes of one text are read: a lock file, a manifest, a database of dpkg.
	Text int64
	// Line is the longest line, in bytes, of databases that are read line by line; longer ones are
	// errors and are passed over.
	Line int
	// Memory is how many bytes of a database or archive are held in memory; a larger one that comes
	// as a stream goes through a temporary file.
	Memory int64
	// Archive is the size in bytes of the largest database or archive.
	Archive int64
	// Program is how many bytes of a program are searched for what Go writes into it.
	Program int64
	// Unpacked is how many bytes may be unpacked from one archive, those nested in it counted too.
	Unpacked int64
	// Depth is how deep archives may be nested; 1 is the archive alone.
	Depth int
	// Packages is the number of packages that all files together may give.
	Packages int
	// Faults is the number of faults of one file that are told one by one.
	Faults int
}

// DefaultLimits suit the largest images and repositories.
var DefaultLimits = Limits{
	Text: 32 << 20, Line: 1 << 20, Memory: 16 << 20, Archive: 1 << 30, Program: 2 << 30,
	Unpacked: 1 << 30, Depth: 4, Packages: 200_000, Faults: 20,
}
