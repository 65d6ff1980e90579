package planted.unknown.stowaway;

/** In a package that is no room. */
public record Nobody() {}
