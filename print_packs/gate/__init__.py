"""What a drawn file must show before anybody prints it; a pack that does not is held back."""
