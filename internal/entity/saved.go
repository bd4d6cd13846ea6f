package entity

// Saved is what one run of the server leaves to the next of an entity: what was
// last seen of it, to be shown with its age until its board speaks again, and
// what is true because the server knows it (Lasting).
type Saved struct {
	Entity     ID
	Kind       Kind // of another kind, nothing is taken over
	State      string
	Attributes []byte // JSON object
	Changed    int64  // unix milliseconds
	Cause      Cause
	Lasting    []byte // what Lasting.Saved gave; nil for kinds that have nothing to keep
}

// LastSeen is the Attributes of a Record whose board has not spoken since the
// server started: the JSON object that they were. It is comparable, as all
// Attributes are.
type LastSeen string

// MarshalJSON implements json.Marshaler.
func (s LastSeen) MarshalJSON() ([]byte, error) { return []byte(s), nil }
