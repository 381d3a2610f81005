/** The login form of the stand-in for Grafana: posts JSON, as Grafana's own does, and goes where the answer says. */
const form = document.querySelector('form')
const complaint = form.querySelector('[role=alert]')

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const fields = new FormData(form)
  const answer = await fetch('login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: fields.get('user'), password: fields.get('password') }),
  })
  const body = await answer.json()
  if (answer.ok) {
    location.assign(body.redirectUrl)
    return
  }
  complaint.textContent = body.message
  complaint.hidden = false
})
