package diag

// Code is the stable name of one kind of diagnostic. A code is never given a
// new meaning; one that is no longer used stays reserved.
type Code string

// What can be wrong with a file as such.
const (
	TooLarge      Code = "HOB001"
	BadCharacter  Code = "HOB002"
	TabIndent     Code = "HOB003"
	Syntax        Code = "HOB004"
	Empty         Code = "HOB005"
	ManyDocuments Code = "HOB006"
	TooComplex    Code = "HOB007"
	MergeKey      Code = "HOB008"
	UnknownTag    Code = "HOB009"
)

// What can be wrong with keys and types.
const (
	UnknownKey   Code = "HOB010"
	DuplicateKey Code = "HOB011"
	MissingKey   Code = "HOB012"
	WrongType    Code = "HOB013"
	// HOB014 stays reserved: it was a section that a version did not support.
	NotApplied  Code = "HOB015"
	KeyConflict Code = "HOB016"
)

// What can be wrong with names and references.
const (
	BadID            Code = "HOB020"
	DuplicateID      Code = "HOB021"
	UnknownBoard     Code = "HOB022"
	UnknownArea      Code = "HOB023"
	UnknownEntity    Code = "HOB024"
	UnknownChip      Code = "HOB025"
	BadBoardID       Code = "HOB026"
	DuplicateBoardID Code = "HOB027"
	BadAddress       Code = "HOB028"
)

// What can be wrong with pins and boards.
const (
	BadPin          Code = "HOB030"
	PinAbsent       Code = "HOB031"
	PinInputOnly    Code = "HOB032"
	PinFlash        Code = "HOB033"
	PinStrapping    Code = "HOB034"
	PinNoPull       Code = "HOB035"
	PinTaken        Code = "HOB036"
	PinConsole      Code = "HOB037"
	TooManyBindings Code = "HOB038"
	TooManyChannels Code = "HOB039"
)

// What can be wrong with values.
const (
	MissingUnit Code = "HOB040"
	BadDuration Code = "HOB041"
	BadPercent  Code = "HOB042"
	OutOfRange  Code = "HOB043"
	BadChoice   Code = "HOB044"
	BadTimezone Code = "HOB045"
	BadText     Code = "HOB046"

	BadTemperature Code = "HOB047"
	BadRange       Code = "HOB048"
	BadResistance  Code = "HOB049"
)

// What can be wrong with actions and with values taken together.
const (
	BadAction         Code = "HOB050"
	ImpossibleAction  Code = "HOB051"
	LoneInterlock     Code = "HOB052"
	InterlockBoards   Code = "HOB053"
	LimitNeverReached Code = "HOB054"
	BootConflict      Code = "HOB055"
	BadColor          Code = "HOB056"
)

// What can be wrong with sensors, doors, thermostats, scenes and the alarm.
const (
	WrongKind          Code = "HOB060"
	NamedTwice         Code = "HOB061"
	PinNoADC           Code = "HOB062"
	NoI2C              Code = "HOB063"
	AddressTaken       Code = "HOB064"
	DoorNeedsReed      Code = "HOB065"
	DoorBoards         Code = "HOB066"
	UnsafeMove         Code = "HOB067"
	TargetOutside      Code = "HOB068"
	BelowFrost         Code = "HOB069"
	UnknownPreset      Code = "HOB070"
	ReservedWord       Code = "HOB071"
	TooManyThermostats Code = "HOB072"
	SceneLoop          Code = "HOB073"
	BadCode            Code = "HOB074"
)

// What can be wrong with times.
const (
	BadTime          Code = "HOB080"
	BadDays          Code = "HOB081"
	ScheduleConflict Code = "HOB082"
	SkippedTime      Code = "HOB083"
	RepeatedTime     Code = "HOB084"
)

// What can be wrong with files, secrets and former names.
const (
	BadInclude      Code = "HOB090"
	UnknownSecret   Code = "HOB091"
	SecretsMode     Code = "HOB092"
	SecretMisplaced Code = "HOB093"
	PlainSecret     Code = "HOB094"
	BadWas          Code = "HOB095"
)

// MoreNotShown ends a list that was cut.
const MoreNotShown Code = "HOB099"

// What can be wrong with rules and users.
const (
	BadTrigger       Code = "HOB100"
	BadCondition     Code = "HOB101"
	BadState         Code = "HOB102"
	UnknownUser      Code = "HOB103"
	NeedsLocation    Code = "HOB104"
	BadCron          Code = "HOB105"
	BadExpression    Code = "HOB106"
	RuleFight        Code = "HOB107"
	UnusedPermission Code = "HOB108"
	BadChannel       Code = "HOB109"
	BadWebhook       Code = "HOB110"
	RuleLoop         Code = "HOB111"
	RuleNever        Code = "HOB112"
	GuessableHook    Code = "HOB113"
	GestureTwice     Code = "HOB114"
)

// BadTest is what is wrong with tests of rules, or with what a simulation is given.
const BadTest Code = "HOB120"

// CodeInfo documents one code.
type CodeInfo struct {
	Code    Code
	Meaning string // one line of Markdown
}

// Codes lists every code in ascending order.
func Codes() []CodeInfo {
	return []CodeInfo{
		{TooLarge, "The file is larger than 1 MiB."},
		{BadCharacter, "The file is not UTF-8, or holds a control character."},
		{TabIndent, "A line is indented with a tab; YAML wants spaces."},
		{Syntax, "The file is not valid YAML."},
		{Empty, "The file says nothing."},
		{ManyDocuments, "The file holds more than one YAML document."},
		{TooComplex, "Too many values, nested too deeply, or aliases that multiply without end."},
		{MergeKey, "Merge keys (`<<`) are not supported."},
		{UnknownTag, "A YAML tag (`!name`) that is not supported."},

		{UnknownKey, "A key that does not exist here."},
		{DuplicateKey, "The same key twice in one mapping."},
		{MissingKey, "A key that is needed is missing."},
		{WrongType, "A value of the wrong type, such as text where on or off belongs."},
		{NotApplied, "An option that has no effect on an entity or a rule like this one."},
		{KeyConflict, "Options of which only one can be given."},

		{BadID, "An id that is not a lower-case letter and up to 31 letters, digits or `_`."},
		{DuplicateID, "Two entities with the same id; ids are unique over all kinds."},
		{UnknownBoard, "A board that is not under `boards`."},
		{UnknownArea, "An area that is not under `areas`."},
		{UnknownEntity, "An entity that is not declared."},
		{UnknownChip, "A chip that Hob does not know."},
		{BadBoardID, "A board id that is not `hob-` and 6 to 12 lower-case hexadecimal digits."},
		{DuplicateBoardID, "Two boards with the same id."},
		{BadAddress, "An address that is not a host name or IP address with an optional port."},

		{BadPin, "A pin that is not written as `board/number`."},
		{PinAbsent, "A pin that the chip does not have."},
		{PinInputOnly, "An output on a pin that can only be read."},
		{PinFlash, "A pin that the chip needs for its own flash memory."},
		{PinStrapping, "A pin that chooses how the chip boots (warning)."},
		{PinNoPull, "An internal pull resistor on a pin that has none."},
		{PinTaken, "A pin that is used twice."},
		{PinConsole, "A pin of the serial console or of the USB port (warning)."},
		{TooManyBindings, "More button actions for a board's own outputs than the board can hold."},
		{TooManyChannels, "More dimmed lights or LED strips than the chip can drive."},

		{MissingUnit, "A number where a value with a unit belongs."},
		{BadDuration, "A duration that cannot be read."},
		{BadPercent, "A percentage that cannot be read."},
		{OutOfRange, "A value outside the range that is allowed."},
		{BadChoice, "A value that is not one of those to choose from."},
		{BadTimezone, "A time zone that does not exist."},
		{BadText, "A text that is empty, too long, or holds control characters."},
		{BadTemperature, "A temperature that cannot be read."},
		{BadRange, "A range that cannot be read, or that ends before it begins."},
		{BadResistance, "A resistance that cannot be read."},

		{BadAction, "An action that cannot be read."},
		{ImpossibleAction, "An action that this entity cannot do."},
		{LoneInterlock, "An interlock group with one member (warning)."},
		{InterlockBoards, "An interlock group, or its waiting time, over more than one board."},
		{LimitNeverReached, "A limit that another one always reaches first (warning)."},
		{BootConflict, "Two outputs of one interlock group that are both on after power-up."},
		{BadColor, "A colour that is not written as `#rrggbb`."},

		{WrongKind, "A reference to an entity of a kind that does not fit."},
		{NamedTwice, "The same id twice in one list."},
		{PinNoADC, "A sensor that reads a voltage, on a pin that cannot."},
		{NoI2C, "A sensor on the I2C bus of a board that has none."},
		{AddressTaken, "Two sensors with one address on one I2C bus."},
		{DoorNeedsReed, "An option of a garage door that needs a closed reed."},
		{DoorBoards, "Parts of one garage door on different boards."},
		{UnsafeMove, "Something that would move a garage door in a way that Hob never does."},
		{TargetOutside, "A temperature outside of what the heater or cooler may hold."},
		{BelowFrost, "A target that the frost protection overrides (warning)."},
		{UnknownPreset, "A preset that the heater or cooler does not have."},
		{ReservedWord, "A name that means something else in its place."},
		{TooManyThermostats, "More heaters and coolers than the board can hold."},
		{SceneLoop, "A scene that would activate itself."},
		{BadCode, "An alarm code that is not 4 to 12 digits."},

		{BadTime, "A time of day or of the sun, or a list of times, that cannot be read."},
		{BadDays, "A set of weekdays that cannot be read."},
		{ScheduleConflict, "A day in two lines of a schedule, or times that are not in order."},
		{SkippedTime, "A time that a clock change skips (warning)."},
		{RepeatedTime, "A time that a clock change repeats (warning)."},

		{BadInclude, "A file that cannot be included."},
		{UnknownSecret, "A secret that is not in `secrets.yaml`."},
		{SecretsMode, "`secrets.yaml` can be read by others than its owner."},
		{SecretMisplaced, "A secret where the value would be shown."},
		{PlainSecret, "A code in a file that others may read (warning)."},
		{BadWas, "A former id that is still an entity's, or that two entities claim."},

		{MoreNotShown, "There are more problems than are shown."},

		{BadTrigger, "A trigger of a rule that cannot be understood."},
		{BadCondition, "A condition of a rule that cannot be understood."},
		{BadState, "A state that this entity never has."},
		{UnknownUser, "A user that is not under `users`."},
		{NeedsLocation, "Something that goes by the sun, in a house without a location."},
		{BadCron, "A cron line that cannot be read, or that never comes."},
		{BadExpression, "An expression that cannot be understood."},
		{RuleFight, "Two rules that tell one entity different things at the same moment (warning)."},
		{UnusedPermission, "A garage door that a rule may open and never does (warning)."},
		{BadChannel, "A way to send messages that does not exist."},
		{BadWebhook, "A request to a web service that cannot be made."},
		{RuleLoop, "Rules that set each other off without end (warning)."},
		{RuleNever, "A rule that never runs, or a trigger that nothing comes of (warning)."},
		{GuessableHook, "A webhook whose name can be guessed (warning)."},
		{GestureTwice, "A gesture of a button that its binding and a rule both act on (warning)."},

		{BadTest, "A part of a test, or of `--set`, that cannot be understood."},
	}
}
