package image

// Unsearched counts the texts that may hold secrets and were too large to be searched. Named are those
// whose names tell that they may, as .env: of the others it is unlikely.
type Unsearched struct {
	Files int64      `json:"files"`
	Bytes int64      `json:"bytes"`
	Named []TooLarge `json:"named,omitempty"`
}

// TooLarge is a file that was not searched for secrets because of its size, or because so much text
// was searched before it.
type TooLarge struct {
	Path  string `json:"path"`
	Layer int    `json:"layer"`
	Bytes int64  `json:"bytes"`
}

// mostTooLarge bounds the files that are told one by one.
const mostTooLarge = 20

// leave counts a text that is not searched.
func (r *reading) leave(name, base string, size int64) {
	if r.image.Unsearched == nil {
		r.image.Unsearched = &Unsearched{}
	}
	u := r.image.Unsearched
	u.Files++
	u.Bytes += size
	if isSecretName(name, base) && len(u.Named) < mostTooLarge {
		u.Named = append(u.Named, TooLarge{name[:min(len(name), longestTold)], r.number, size})
	}
}
