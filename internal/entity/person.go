package entity

// Person is somebody who is at home or away, as they, or what knows it, say.
type Person struct{}

// Kind implements Spec.
func (*Person) Kind() Kind { return KindPerson }

// Points implements Spec.
func (*Person) Points() []PointRef { return nil }
