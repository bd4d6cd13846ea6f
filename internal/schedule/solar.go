package schedule

import "math"

// The position of the sun, by the low-accuracy method of Jean Meeus, "Astronomical Algorithms",
// 2nd edition, chapters 12 (sidereal time), 13 (altitude) and 25 (coordinates of the sun): 0.01
// degrees between 1900 and 2100, which is less than 5 s of a sunrise at 60 degrees of latitude.
// The difference between UTC and dynamical time (about 70 s) is left out: the sun moves 0.0008
// degrees in it.

// altitude returns how high the centre of the sun stands above the horizon, in degrees, without
// refraction, at a Unix time.
func altitude(p Place, unix int64) float64 {
	rightAscension, declination := solarCoordinates(unix)
	hourAngle := siderealTime(unix) + p.Longitude - rightAscension
	return degrees(math.Asin(sin(p.Latitude)*sin(declination) + cos(p.Latitude)*cos(declination)*cos(hourAngle)))
}

// solarCoordinates returns the apparent right ascension and declination of the sun in degrees.
func solarCoordinates(unix int64) (rightAscension, declination float64) {
	t := centuries(unix)
	meanLongitude := 280.46646 + t*(36000.76983+t*0.0003032)
	anomaly := 357.52911 + t*(35999.05029-t*0.0001537)
	center := (1.914602-t*(0.004817+t*0.000014))*sin(anomaly) +
		(0.019993-t*0.000101)*sin(2*anomaly) + 0.000289*sin(3*anomaly)
	node := lunarNode(t)
	longitude := meanLongitude + center - 0.00569 - 0.00478*sin(node)
	tilt := obliquity(t) + 0.00256*cos(node)
	rightAscension = degrees(math.Atan2(cos(tilt)*sin(longitude), cos(longitude)))
	declination = degrees(math.Asin(sin(tilt) * sin(longitude)))
	return rightAscension, declination
}

// siderealTime returns the apparent sidereal time at Greenwich in degrees.
func siderealTime(unix int64) float64 {
	t := centuries(unix)
	days := t * daysPerCentury
	mean := 280.46061837 + 360.98564736629*days + t*t*(0.000387933-t/38710000)
	return math.Mod(mean-0.00478*sin(lunarNode(t))*cos(obliquity(t)), 360)
}

// lunarNode is the longitude of the ascending node of the moon, on which nutation depends.
func lunarNode(t float64) float64 { return 125.04 - 1934.136*t }

// obliquity is the mean tilt of the earth's axis in degrees.
func obliquity(t float64) float64 {
	return 23.43929111 - t*(0.01300417+t*(0.00000016-t*0.00000050))
}

const daysPerCentury = 36525

// centuries counts Julian centuries from 2000-01-01 12:00.
func centuries(unix int64) float64 {
	const j2000 = 946728000
	return float64(unix-j2000) / (daysPerCentury * secondsPerDay)
}

func sin(degrees float64) float64 { return math.Sin(degrees * math.Pi / 180) }

func cos(degrees float64) float64 { return math.Cos(degrees * math.Pi / 180) }

func degrees(radians float64) float64 { return radians * 180 / math.Pi }
