package entity

// Scene is target states for several entities, brought about together.
type Scene struct {
	Tasks []Task // in the order of the file
}

// Task is one thing to be done to one entity.
type Task struct {
	Target ID
	Action Action
}

// Kind implements Spec.
func (*Scene) Kind() Kind { return KindScene }

// Points implements Spec.
func (*Scene) Points() []PointRef { return nil }
